-- TOOL: Prisma
-- A `DateTime` of Prisma is a `timestamp(3)` without zone that Prisma writes in UTC.
-- KNOW: With `@db.Timestamptz` no zone is needed.
-- KNOW: Names have the exact case of the model, without quotes.
-- KNOW: Prisma does not know partial indexes: an index on `expiresAt` can be declared with `@@index([expiresAt])`.
--
--   SILTGATE_TABLES_0_NAME=RefreshToken
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_0_DONE_COLUMN=revoked
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_1_NAME=PasswordReset
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_1_DONE_COLUMN=usedAt
--   SILTGATE_TABLES_1_TIMESTAMP_ZONE=UTC
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RefreshToken" (
    "id" TEXT NOT NULL,
    "hashedToken" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "revoked" BOOLEAN NOT NULL DEFAULT false,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "RefreshToken_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PasswordReset" (
    "id" TEXT NOT NULL,
    "hashedToken" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "usedAt" TIMESTAMP(3),
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PasswordReset_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE UNIQUE INDEX "RefreshToken_hashedToken_key" ON "RefreshToken"("hashedToken");

-- CreateIndex
CREATE UNIQUE INDEX "PasswordReset_hashedToken_key" ON "PasswordReset"("hashedToken");

-- AddForeignKey
ALTER TABLE "RefreshToken" ADD CONSTRAINT "RefreshToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PasswordReset" ADD CONSTRAINT "PasswordReset_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

INSERT INTO "User" VALUES ('u', 'live');
INSERT INTO "RefreshToken" ("id","hashedToken","userId","expiresAt","revoked","updatedAt") VALUES
 ('1','live','u', now() AT TIME ZONE 'UTC' + interval '1 minute', false, now()),
 ('2','dead, expired','u', now() AT TIME ZONE 'UTC' - interval '1 second', false, now()),
 ('3','dead, revoked','u', now() AT TIME ZONE 'UTC' + interval '1 day', true, now());
INSERT INTO "PasswordReset" ("id","hashedToken","userId","expiresAt","usedAt") VALUES
 ('1','live','u', now() AT TIME ZONE 'UTC' + interval '1 minute', NULL),
 ('2','dead, used','u', now() AT TIME ZONE 'UTC' + interval '1 hour', now() AT TIME ZONE 'UTC' - interval '1 second');
