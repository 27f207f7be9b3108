CREATE TABLE "device_keys" (
	"device_id" text PRIMARY KEY NOT NULL,
	"keys" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fallback_keys" (
	"device_id" text PRIMARY KEY NOT NULL,
	"key_id" text NOT NULL,
	"key" text NOT NULL,
	"used" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identities" (
	"person_id" text PRIMARY KEY NOT NULL,
	"master_key" text NOT NULL,
	"self_signing_key" text NOT NULL,
	"user_signing_key" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity_signatures" (
	"signer_id" text NOT NULL,
	"person_id" text NOT NULL,
	"master_key" text NOT NULL,
	"signatures" text NOT NULL,
	"version" integer NOT NULL,
	CONSTRAINT "identity_signatures_signer_id_person_id_pk" PRIMARY KEY("signer_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "key_versions" (
	"person_id" text PRIMARY KEY NOT NULL,
	"version" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "one_time_keys" (
	"device_id" text NOT NULL,
	"key_id" text NOT NULL,
	"key" text NOT NULL,
	"seq" bigserial NOT NULL,
	"claimed_at" bigint,
	CONSTRAINT "one_time_keys_device_id_key_id_pk" PRIMARY KEY("device_id","key_id")
);
--> statement-breakpoint
CREATE TABLE "vaults" (
	"person_id" text PRIMARY KEY NOT NULL,
	"version" integer NOT NULL,
	"by_password" text,
	"by_code" text
);
--> statement-breakpoint
ALTER TABLE "device_keys" ADD CONSTRAINT "device_keys_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fallback_keys" ADD CONSTRAINT "fallback_keys_device_id_device_keys_device_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."device_keys"("device_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identities" ADD CONSTRAINT "identities_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity_signatures" ADD CONSTRAINT "identity_signatures_signer_id_people_id_fk" FOREIGN KEY ("signer_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity_signatures" ADD CONSTRAINT "identity_signatures_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_versions" ADD CONSTRAINT "key_versions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "one_time_keys" ADD CONSTRAINT "one_time_keys_device_id_device_keys_device_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."device_keys"("device_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vaults" ADD CONSTRAINT "vaults_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "identity_signatures_person" ON "identity_signatures" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "one_time_keys_waiting" ON "one_time_keys" USING btree ("device_id","seq") WHERE "one_time_keys"."claimed_at" is null;--> statement-breakpoint
CREATE INDEX "one_time_keys_claimed_at" ON "one_time_keys" USING btree ("claimed_at") WHERE "one_time_keys"."claimed_at" is not null;