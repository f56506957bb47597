-- Places, accounts, grants, sessions and settings: made at the desk, only pulled by phones.
--
-- The database's roles, none of which owns anything or bypasses row level security:
--   qm_reader     everything a person asks for, filtered by what their grants cover
--   qm_applier    appends entries and updates what follows from them, within one county
--   qm_login      signs people in: their own account and sessions, nothing else
--   qm_registrar  keeps accounts, grants, places and settings, within one county
--   qm_colleague  nobody: owns the view `colleague`, which shows each person the staff they need
-- A transaction says who it is by role, qm.county and qm.user (and qm.token before that is known).

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['qm_reader', 'qm_applier', 'qm_login', 'qm_registrar', 'qm_colleague'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    END IF;
  END LOOP;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO qm_reader, qm_applier, qm_login, qm_registrar, qm_colleague;

CREATE FUNCTION qm_county() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('qm.county', true), '')::uuid;
CREATE FUNCTION qm_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('qm.user', true), '')::uuid;
CREATE FUNCTION qm_token() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
  RETURN decode(nullif(current_setting('qm.token', true), ''), 'hex');

-- The server's order: a transaction, then a number within it. See ARCHITECTURE.md, "The cursor".
CREATE SEQUENCE ver;
GRANT USAGE ON SEQUENCE ver TO qm_applier, qm_registrar;

CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.xid := pg_current_xact_id();
  NEW.ver := nextval('ver');
  RETURN NEW;
END $$;

-- Changes when the database was restored from a backup: phones then pull from the beginning.
CREATE TABLE epoch (
  only_one boolean PRIMARY KEY DEFAULT true CONSTRAINT epoch_is_one CHECK (only_one),
  epoch bigint NOT NULL
);
INSERT INTO epoch (epoch) VALUES (1);
GRANT SELECT ON epoch TO qm_reader, qm_applier;

-- 1. Places

CREATE TABLE county (
  id uuid PRIMARY KEY,
  name text NOT NULL CONSTRAINT county_is_named CHECK (name <> '')
);

CREATE TABLE township (
  county uuid NOT NULL REFERENCES county,
  id uuid NOT NULL,
  name text NOT NULL CONSTRAINT township_is_named CHECK (name <> ''),
  PRIMARY KEY (county, id)
);

CREATE TABLE village (
  county uuid NOT NULL,
  id uuid NOT NULL,
  code text NOT NULL CONSTRAINT village_code_has_12_digits CHECK (code ~ '^[0-9]{12}$'),
  name text NOT NULL CONSTRAINT village_is_named CHECK (name <> ''),
  township uuid NOT NULL,
  PRIMARY KEY (county, id),
  CONSTRAINT village_code_is_one UNIQUE (county, code),
  FOREIGN KEY (county, township) REFERENCES township
);

CREATE TABLE school (
  county uuid NOT NULL,
  id uuid NOT NULL,
  -- 学校标识码: what `--school` names.
  code text NOT NULL CONSTRAINT school_code_is_written CHECK (code <> ''),
  name text NOT NULL CONSTRAINT school_is_named CHECK (name <> ''),
  kind text NOT NULL,
  township uuid,
  phone text NOT NULL DEFAULT '',
  PRIMARY KEY (county, id),
  CONSTRAINT school_code_is_one UNIQUE (county, code),
  FOREIGN KEY (county, township) REFERENCES township
);

CREATE TABLE class (
  county uuid NOT NULL,
  id uuid NOT NULL,
  school uuid NOT NULL,
  stage text NOT NULL,
  entry_year integer NOT NULL CONSTRAINT class_year_is_a_year CHECK (entry_year BETWEEN 1990 AND 2100),
  number integer NOT NULL CONSTRAINT class_number_counts_from_1 CHECK (number BETWEEN 1 AND 99),
  PRIMARY KEY (county, id),
  CONSTRAINT class_is_one UNIQUE (county, school, stage, entry_year, number),
  FOREIGN KEY (county, school) REFERENCES school
);

-- 2. Settings

CREATE TABLE policy (
  county uuid NOT NULL REFERENCES county,
  -- NULL: the county's own, over which a school's is laid key by key.
  school uuid,
  version integer NOT NULL,
  valid_from date NOT NULL,
  body jsonb NOT NULL CONSTRAINT policy_is_an_object CHECK (jsonb_typeof(body) = 'object'),
  CONSTRAINT policy_version_is_one UNIQUE NULLS NOT DISTINCT (county, school, version),
  FOREIGN KEY (county, school) REFERENCES school
);

CREATE TABLE calendar (
  county uuid NOT NULL REFERENCES county,
  school uuid,
  body jsonb NOT NULL,
  CONSTRAINT calendar_is_one UNIQUE NULLS NOT DISTINCT (county, school),
  FOREIGN KEY (county, school) REFERENCES school
);

-- 3. People

CREATE TABLE account (
  county uuid NOT NULL REFERENCES county,
  id uuid NOT NULL,
  name text NOT NULL CONSTRAINT account_is_named CHECK (name <> ''),
  phone text NOT NULL,
  -- PHC string (Argon2id). NULL: signs in nowhere, as the writer of the village's answers by code.
  password_hash text,
  -- Until then the password is a one-time one, good only for its own change.
  one_time_until timestamptz,
  disabled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (county, id)
);

-- The one table that knows a phone number before it knows the county.
CREATE TABLE account_login (
  phone text PRIMARY KEY,
  county uuid NOT NULL,
  account uuid NOT NULL,
  CONSTRAINT account_login_is_one UNIQUE (county, account),
  FOREIGN KEY (county, account) REFERENCES account
);

-- Grants: a role of a person in a place. `scope` is `Scope::key`; the columns after it say where the
-- place lies, for the lists of colleagues.
CREATE TABLE user_scope (
  county uuid NOT NULL,
  user_id uuid NOT NULL,
  role text NOT NULL,
  scope uuid NOT NULL,
  scope_kind text NOT NULL CONSTRAINT user_scope_kind_is_known
    CHECK (scope_kind IN ('CLASS', 'GRADE', 'SCHOOL', 'VILLAGE', 'TOWNSHIP', 'COUNTY', 'NAMED')),
  scope_detail jsonb NOT NULL,
  cadre text,
  school uuid,
  village uuid,
  township uuid,
  granted_at timestamptz NOT NULL DEFAULT now(),
  -- The transaction that took it away. What a person did before it reached their phone still counts.
  gone_xid xid8,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  ver bigint NOT NULL DEFAULT nextval('ver'),
  PRIMARY KEY (county, user_id, role, scope),
  FOREIGN KEY (county, user_id) REFERENCES account
);
CREATE INDEX user_scope_by_scope ON user_scope (county, scope, role) WHERE gone_xid IS NULL;
CREATE INDEX user_scope_by_school ON user_scope (county, school) WHERE gone_xid IS NULL;
CREATE INDEX user_scope_by_village ON user_scope (county, village) WHERE gone_xid IS NULL;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON user_scope FOR EACH ROW EXECUTE FUNCTION stamp();

CREATE TABLE session (
  county uuid NOT NULL,
  -- SHA-256 of the 32 random bytes in the cookie.
  token_hash bytea NOT NULL CONSTRAINT session_token_is_hashed CHECK (octet_length(token_hash) = 32),
  id uuid NOT NULL,
  account uuid NOT NULL,
  device uuid NOT NULL,
  label text NOT NULL CONSTRAINT session_label_is_short CHECK (char_length(label) <= 80),
  created_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (county, token_hash),
  CONSTRAINT session_id_is_one UNIQUE (county, id),
  FOREIGN KEY (county, account) REFERENCES account
);
CREATE INDEX session_by_account ON session (county, account);

-- What the recovery key of a person's store on a device follows from, together with the server's
-- secret: neither alone opens anything.
CREATE TABLE vault (
  county uuid NOT NULL,
  account uuid NOT NULL,
  device uuid NOT NULL,
  salt bytea NOT NULL CONSTRAINT vault_salt_has_32_bytes CHECK (octet_length(salt) = 32),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (county, account, device),
  FOREIGN KEY (county, account) REFERENCES account
);

-- Tries that are limited: sign-in per account and per address, answers without an account. The key is
-- a keyed hash, so that the table tells neither phone numbers nor addresses.
CREATE TABLE throttle (
  key bytea PRIMARY KEY,
  tries integer NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  last timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX throttle_by_age ON throttle (last);

-- 4. Who may touch which rows

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['county', 'township', 'village', 'school', 'class', 'policy', 'calendar',
    'account', 'account_login', 'user_scope', 'session', 'vault', 'throttle'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
  END LOOP;

  -- Places and settings: everybody of the county reads, the registrar keeps.
  FOREACH name IN ARRAY ARRAY['township', 'village', 'school', 'class', 'policy', 'calendar'] LOOP
    EXECUTE format('CREATE POLICY of_the_county ON %I TO qm_reader, qm_applier, qm_registrar
      USING (county = (SELECT qm_county())) WITH CHECK (county = (SELECT qm_county()))', name);
    EXECUTE format('GRANT SELECT ON %I TO qm_reader, qm_applier, qm_registrar', name);
    EXECUTE format('GRANT INSERT, UPDATE ON %I TO qm_registrar', name);
  END LOOP;

  -- Accounts and grants: the registrar and the applier know those of the county.
  FOREACH name IN ARRAY ARRAY['account', 'account_login', 'user_scope', 'session', 'vault'] LOOP
    EXECUTE format('CREATE POLICY of_the_county ON %I TO qm_registrar, qm_applier, qm_colleague
      USING (county = (SELECT qm_county())) WITH CHECK (county = (SELECT qm_county()))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO qm_registrar', name);
  END LOOP;
END $$;

-- Which counties there are is no secret of a county.
CREATE POLICY to_choose ON county FOR SELECT
  TO qm_reader, qm_applier, qm_registrar, qm_login USING (true);
CREATE POLICY founded ON county FOR INSERT TO qm_registrar WITH CHECK (id = (SELECT qm_county()));
GRANT SELECT ON county TO qm_reader, qm_applier, qm_registrar, qm_login;
GRANT INSERT ON county TO qm_registrar;

GRANT DELETE ON account_login TO qm_registrar;

GRANT SELECT (county, id, name, phone, disabled_at) ON account TO qm_applier, qm_colleague, qm_reader;
GRANT SELECT ON user_scope TO qm_applier, qm_colleague, qm_reader;
CREATE POLICY own ON account FOR SELECT TO qm_reader
  USING (county = (SELECT qm_county()) AND id = (SELECT qm_user()));
CREATE POLICY own ON user_scope FOR SELECT TO qm_reader
  USING (county = (SELECT qm_county()) AND user_id = (SELECT qm_user()));

-- Signing in: the phone number leads to an account, the token to a session, and both to one's own rows.
CREATE POLICY by_phone ON account_login FOR SELECT TO qm_login USING (true);
CREATE POLICY oneself ON account TO qm_login
  USING (county = (SELECT qm_county()) AND id = (SELECT qm_user()));
CREATE POLICY oneself ON user_scope FOR SELECT TO qm_login
  USING (county = (SELECT qm_county()) AND user_id = (SELECT qm_user()));
CREATE POLICY oneself ON session TO qm_login
  USING (county = (SELECT qm_county())
    AND (account = (SELECT qm_user()) OR token_hash = (SELECT qm_token())))
  WITH CHECK (county = (SELECT qm_county()) AND account = (SELECT qm_user()));
-- The token leads to whose it is, in one statement.
CREATE POLICY bearer ON account FOR SELECT TO qm_login
  USING (county = (SELECT qm_county()) AND id = (SELECT s.account FROM session s
    WHERE s.county = (SELECT qm_county()) AND s.token_hash = (SELECT qm_token()) AND s.revoked_at IS NULL));
CREATE POLICY bearer ON user_scope FOR SELECT TO qm_login
  USING (county = (SELECT qm_county()) AND user_id = (SELECT s.account FROM session s
    WHERE s.county = (SELECT qm_county()) AND s.token_hash = (SELECT qm_token()) AND s.revoked_at IS NULL));
CREATE POLICY oneself ON vault TO qm_login
  USING (county = (SELECT qm_county()) AND account = (SELECT qm_user()))
  WITH CHECK (county = (SELECT qm_county()) AND account = (SELECT qm_user()));
GRANT SELECT ON account_login, account, user_scope TO qm_login;
GRANT UPDATE (password_hash, one_time_until) ON account TO qm_login;
GRANT SELECT, INSERT, UPDATE ON session TO qm_login;
GRANT SELECT, INSERT ON vault TO qm_login;

CREATE POLICY counted ON throttle TO qm_login, qm_applier USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON throttle TO qm_login, qm_applier;

-- What a person holds now, as `domain::actor::Grant` is written.
CREATE VIEW held WITH (security_invoker = true) AS
  SELECT county, user_id, jsonb_agg(jsonb_strip_nulls(
    jsonb_build_object('role', role, 'scope', scope_detail, 'cadre', cadre)) ORDER BY granted_at, role, scope) AS grants
  FROM user_scope WHERE gone_xid IS NULL GROUP BY county, user_id;
GRANT SELECT ON held TO qm_login, qm_applier, qm_registrar;

-- The staff each person needs. People of a school see its staff, and the cadres of the county's villages
-- (the server narrows these down, hence `by_county`); cadres see the cadres of their village, without
-- numbers; a township its cadres and the heads of its schools; the county all heads and townships.
CREATE VIEW colleague WITH (security_barrier = true) AS
  WITH mine AS (
    SELECT role, scope_kind, school, village, township FROM user_scope
    WHERE county = qm_county() AND user_id = qm_user() AND gone_xid IS NULL
  )
  SELECT g.user_id, a.name, g.role, g.scope, g.cadre, g.township, g.granted_at,
    CASE WHEN g.user_id = qm_user() OR EXISTS (SELECT FROM mine WHERE role <> 'CADRE')
      THEN a.phone ELSE '' END AS phone,
    g.role = 'CADRE' AND NOT EXISTS (SELECT FROM mine WHERE role IN ('CADRE', 'TOWNSHIP')) AS by_county
  FROM user_scope g JOIN account a ON a.county = g.county AND a.id = g.user_id
  WHERE g.county = qm_county() AND g.gone_xid IS NULL AND a.disabled_at IS NULL
    AND (g.user_id = qm_user()
      OR EXISTS (SELECT FROM mine WHERE mine.school IS NOT NULL AND (mine.school = g.school OR g.role = 'CADRE'))
      OR EXISTS (SELECT FROM mine WHERE mine.role = 'CADRE' AND g.role = 'CADRE' AND mine.village = g.village)
      OR EXISTS (SELECT FROM mine WHERE mine.role = 'TOWNSHIP' AND mine.township = g.township
        AND g.role IN ('CADRE', 'TOWNSHIP', 'OFFICE', 'PRINCIPAL'))
      OR EXISTS (SELECT FROM mine WHERE mine.role = 'COUNTY'
        AND g.role IN ('COUNTY', 'TOWNSHIP', 'OFFICE', 'PRINCIPAL')));
-- A view asks with its owner's rights, and this one's owner sees staff and nothing else.
DO $$ BEGIN EXECUTE format('GRANT qm_colleague TO %I', current_user); END $$;
GRANT CREATE ON SCHEMA public TO qm_colleague;
ALTER VIEW colleague OWNER TO qm_colleague;
REVOKE CREATE ON SCHEMA public FROM qm_colleague;
GRANT SELECT ON colleague TO qm_reader;
