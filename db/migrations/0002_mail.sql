CREATE TABLE "mail" (
	"device_id" text NOT NULL,
	"id" bigserial NOT NULL,
	"sender_id" text NOT NULL,
	"sender_device_id" text NOT NULL,
	"mail_id" text NOT NULL,
	"parcel" integer NOT NULL,
	"at" bigint NOT NULL,
	"bytes" integer NOT NULL,
	"body" text NOT NULL,
	CONSTRAINT "mail_device_id_id_pk" PRIMARY KEY("device_id","id"),
	CONSTRAINT "mail_once" UNIQUE("device_id","sender_device_id","mail_id","parcel")
);
--> statement-breakpoint
ALTER TABLE "mail" ADD CONSTRAINT "mail_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail" ADD CONSTRAINT "mail_sender_id_people_id_fk" FOREIGN KEY ("sender_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mail_sender" ON "mail" USING btree ("sender_id");--> statement-breakpoint
CREATE INDEX "mail_at" ON "mail" USING btree ("at");