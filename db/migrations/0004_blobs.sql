CREATE TABLE "blob_pieces" (
	"blob_id" text NOT NULL,
	"index" integer NOT NULL,
	"data" "bytea" NOT NULL,
	CONSTRAINT "blob_pieces_blob_id_index_pk" PRIMARY KEY("blob_id","index")
);
--> statement-breakpoint
CREATE TABLE "blob_recipients" (
	"blob_id" text NOT NULL,
	"device_id" text NOT NULL,
	CONSTRAINT "blob_recipients_blob_id_device_id_pk" PRIMARY KEY("blob_id","device_id")
);
--> statement-breakpoint
CREATE TABLE "blobs" (
	"id" text PRIMARY KEY NOT NULL,
	"sender_id" text NOT NULL,
	"bytes" integer NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "blob_pieces" ADD CONSTRAINT "blob_pieces_blob_id_blobs_id_fk" FOREIGN KEY ("blob_id") REFERENCES "public"."blobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blob_recipients" ADD CONSTRAINT "blob_recipients_blob_id_blobs_id_fk" FOREIGN KEY ("blob_id") REFERENCES "public"."blobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blob_recipients" ADD CONSTRAINT "blob_recipients_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blobs" ADD CONSTRAINT "blobs_sender_id_people_id_fk" FOREIGN KEY ("sender_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "blob_recipients_device" ON "blob_recipients" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "blobs_sender" ON "blobs" USING btree ("sender_id");--> statement-breakpoint
CREATE INDEX "blobs_created_at" ON "blobs" USING btree ("created_at");