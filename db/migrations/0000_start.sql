CREATE TABLE "contacts" (
	"owner_id" text NOT NULL,
	"person_id" text NOT NULL,
	"alias" text DEFAULT '' NOT NULL,
	"since" bigint NOT NULL,
	CONSTRAINT "contacts_owner_id_person_id_pk" PRIMARY KEY("owner_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "devices" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"token_digest" "bytea" NOT NULL,
	"name" text NOT NULL,
	"client_version" text NOT NULL,
	"address" text NOT NULL,
	"created_at" bigint NOT NULL,
	"last_seen" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	CONSTRAINT "devices_token_digest_unique" UNIQUE("token_digest")
);
--> statement-breakpoint
CREATE TABLE "invites" (
	"id" text PRIMARY KEY NOT NULL,
	"owner_id" text NOT NULL,
	"kind" text NOT NULL,
	"code_digest" "bytea" NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"uses" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "invites_code_digest_unique" UNIQUE("code_digest")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"user_name" text,
	"skeleton" text,
	"display_name" text NOT NULL,
	"status_text" text DEFAULT '' NOT NULL,
	"shown_status_text" text DEFAULT '' NOT NULL,
	"presence" text DEFAULT 'online' NOT NULL,
	"opaque_record" text,
	"created_at" bigint NOT NULL,
	"last_seen" bigint,
	"expires_at" bigint,
	CONSTRAINT "people_user_name_unique" UNIQUE("user_name"),
	CONSTRAINT "people_skeleton_unique" UNIQUE("skeleton"),
	CONSTRAINT "people_kind" CHECK (case "people"."kind"
        when 'account' then "people"."user_name" is not null and "people"."skeleton" is not null
          and "people"."opaque_record" is not null and "people"."expires_at" is null
        when 'guest' then "people"."user_name" is null and "people"."skeleton" is null
          and "people"."opaque_record" is null and "people"."expires_at" is not null
        else false end)
);
--> statement-breakpoint
CREATE TABLE "refusals" (
	"owner_id" text NOT NULL,
	"person_id" text NOT NULL,
	"kind" text NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "refusals_owner_id_person_id_pk" PRIMARY KEY("owner_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "requests" (
	"id" text PRIMARY KEY NOT NULL,
	"from_id" text NOT NULL,
	"to_name" text NOT NULL,
	"to_id" text,
	"requested_at" bigint NOT NULL,
	CONSTRAINT "requests_from_to" UNIQUE("from_id","to_name")
);
--> statement-breakpoint
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_owner_id_people_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "devices_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invites" ADD CONSTRAINT "invites_owner_id_people_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refusals" ADD CONSTRAINT "refusals_owner_id_people_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refusals" ADD CONSTRAINT "refusals_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_from_id_people_id_fk" FOREIGN KEY ("from_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_to_id_people_id_fk" FOREIGN KEY ("to_id") REFERENCES "public"."people"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "contacts_person" ON "contacts" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "devices_person" ON "devices" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "devices_expires_at" ON "devices" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "invites_owner" ON "invites" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "invites_expires_at" ON "invites" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "people_expires_at" ON "people" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "refusals_person" ON "refusals" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "requests_to" ON "requests" USING btree ("to_id");