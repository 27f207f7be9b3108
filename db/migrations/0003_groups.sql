CREATE TABLE "group_changes" (
	"group_id" text NOT NULL,
	"revision" integer NOT NULL,
	"body" text NOT NULL,
	"signature" text NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "group_changes_group_id_revision_pk" PRIMARY KEY("group_id","revision")
);
--> statement-breakpoint
CREATE TABLE "group_members" (
	"group_id" text NOT NULL,
	"person_id" text NOT NULL,
	"left_revision" integer,
	"left_at" bigint,
	CONSTRAINT "group_members_group_id_person_id_pk" PRIMARY KEY("group_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "groups" (
	"id" text PRIMARY KEY NOT NULL,
	"revision" integer NOT NULL,
	"state" text NOT NULL,
	"info" text,
	"room_skeleton" text,
	CONSTRAINT "groups_room_skeleton_unique" UNIQUE("room_skeleton")
);
--> statement-breakpoint
ALTER TABLE "group_changes" ADD CONSTRAINT "group_changes_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "group_members_person" ON "group_members" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "group_members_left_at" ON "group_members" USING btree ("left_at") WHERE "group_members"."left_at" is not null;