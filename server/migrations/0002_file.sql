-- Children's files: entries that only grow, where each child stands, and what follows from that.
--
-- Nothing here is ever deleted by the server's roles: entries and what was received are append-only,
-- what no longer holds is marked gone, so that phones can be told. `(xid, ver)` is a row's place in the
-- server's order: a change moves a row forward, and phones ask for what lies behind their cursor.
--
-- No key begins with the county. Ids are one of a kind without it, and an index that has the county in
-- it tempts a database that is still young, and knows nothing of itself, to read a county for one child.
-- What is only stored and given out is json; what statements look into is jsonb.

-- 1. What arrived

-- One person on one device: the owner of a gapless sequence.
CREATE TABLE writer (
  county uuid NOT NULL REFERENCES county,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  last_seq bigint NOT NULL DEFAULT 0,
  -- `domain::entry::link` of the last seq.
  chain_head bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
    CONSTRAINT writer_head_has_32_bytes CHECK (octet_length(chain_head) = 32),
  build text NOT NULL DEFAULT '' CONSTRAINT writer_build_is_short CHECK (char_length(build) <= 80),
  registered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id)
);

-- Every seq of every writer, taken or not: the answer that a repeated request gets again, and the chain
-- over the bytes as they came. A body may be erased when its time is over; the chain still verifies.
CREATE TABLE received (
  county uuid NOT NULL,
  writer uuid NOT NULL,
  seq bigint NOT NULL CONSTRAINT received_seq_counts_from_1 CHECK (seq >= 1),
  entry uuid NOT NULL,
  body_hash bytea NOT NULL CONSTRAINT received_hash_has_32_bytes CHECK (octet_length(body_hash) = 32),
  link bytea NOT NULL CONSTRAINT received_link_has_32_bytes CHECK (octet_length(link) = 32),
  -- `domain::sync::Answer`
  answer json NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (writer, seq)
);

CREATE TABLE entry (
  county uuid NOT NULL,
  id uuid NOT NULL,
  -- Who may read it: `domain::access::Facet`.
  facet text NOT NULL,
  kind text NOT NULL CONSTRAINT entry_kind_is_short CHECK (char_length(kind) <= 40),
  subject_kind text NOT NULL
    CONSTRAINT entry_subject_is_known CHECK (subject_kind IN ('STUDENT', 'SCHOOL', 'VILLAGE')),
  subject uuid NOT NULL,
  student uuid CONSTRAINT entry_student_is_subject
    CHECK ((subject_kind = 'STUDENT') = (student IS NOT NULL) AND (student IS NULL OR student = subject)),
  -- The student's when it arrived: where a pull looks for what is new.
  class uuid,
  author uuid NOT NULL,
  author_name text NOT NULL,
  writer uuid NOT NULL,
  seq bigint NOT NULL,
  knock uuid,
  supersedes uuid,
  -- The device's claim. Decides nothing.
  recorded_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  -- The entry as it came, byte for byte. NULL once its time is over.
  raw text,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  ver bigint NOT NULL DEFAULT nextval('ver'),
  PRIMARY KEY (id)
);
CREATE INDEX entry_of_student ON entry (student, xid, ver) WHERE student IS NOT NULL;
CREATE INDEX entry_of_class ON entry (class, xid, ver) WHERE class IS NOT NULL;
CREATE INDEX entry_of_place ON entry (subject) WHERE student IS NULL;

-- Written by somebody whose grant had gone, or of a kind that only a newer server knows.
CREATE TABLE quarantine (
  county uuid NOT NULL,
  id uuid NOT NULL,
  -- Whose office decides; NULL when no school is concerned.
  school uuid,
  kind text NOT NULL,
  subject_kind text NOT NULL,
  subject uuid NOT NULL,
  author uuid NOT NULL,
  author_name text NOT NULL,
  writer uuid NOT NULL,
  seq bigint NOT NULL,
  received_at timestamptz NOT NULL,
  raw text,
  PRIMARY KEY (id)
);
CREATE INDEX quarantine_by_school ON quarantine (school, received_at);

-- The chain heads of each day: a chain that was written anew from its beginning does not fit them.
CREATE TABLE seal (
  county uuid NOT NULL REFERENCES county,
  sealed_on date NOT NULL,
  -- [{"writer", "seq", "head"}] in the order of writers
  heads jsonb NOT NULL,
  -- SHA-256 over the previous seal and these heads.
  link bytea NOT NULL,
  PRIMARY KEY (county, sealed_on)
);

-- 2. Where each child stands

CREATE TABLE student (
  county uuid NOT NULL REFERENCES county,
  id uuid NOT NULL,
  school uuid NOT NULL,
  class uuid NOT NULL,
  -- `Scope::key` of the grade.
  grade uuid NOT NULL,
  village uuid,
  township uuid,
  household uuid,
  -- A matter is open that township and county may look at.
  open boolean NOT NULL,
  name text NOT NULL,
  initials text NOT NULL DEFAULT '',
  roll_no text,
  -- `domain::student::StudentState`, and the version of the fold that made it.
  state jsonb NOT NULL,
  fold_version integer NOT NULL,
  -- [{"student", "name", "class", "school"}]: the others of the household.
  siblings jsonb NOT NULL DEFAULT '[]',
  -- Keyed hash and cipher of the id number. No reader's role can select them.
  id_no_hash bytea,
  id_no_cipher bytea,
  id_no_last4 text,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  ver bigint NOT NULL DEFAULT nextval('ver'),
  PRIMARY KEY (id)
);
CREATE INDEX student_of_class ON student (class, xid, ver);
CREATE INDEX student_by_school ON student (school);
CREATE INDEX student_by_household ON student (household) WHERE household IS NOT NULL;
CREATE UNIQUE INDEX student_id_no_is_one ON student (county, id_no_hash) WHERE id_no_hash IS NOT NULL;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE OF state, siblings, initials ON student
  FOR EACH ROW EXECUTE FUNCTION stamp();

-- Which places cover which child: class, grade and school always, township and county while a matter is
-- open, a person while the child is named to them. Gone is the tombstone that phones are told of.
CREATE TABLE access (
  county uuid NOT NULL,
  scope uuid NOT NULL,
  student uuid NOT NULL,
  -- Given by name (转介、包联), not by where the child belongs.
  named boolean NOT NULL DEFAULT false,
  gone boolean NOT NULL DEFAULT false,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  ver bigint NOT NULL DEFAULT nextval('ver'),
  PRIMARY KEY (scope, student)
);
CREATE INDEX access_in_order ON access (scope, xid, ver);
CREATE INDEX access_of_student ON access (student);
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON access FOR EACH ROW EXECUTE FUNCTION stamp();

-- `domain::access::MATRIX` as rows, so that row level security and `may_read` are one table.
CREATE TABLE kind_reader (
  facet text NOT NULL,
  role text NOT NULL,
  level text NOT NULL CONSTRAINT kind_reader_level_is_known CHECK (level IN ('OWN', 'OPEN', 'PLACE')),
  PRIMARY KEY (facet, role)
);

-- 3. Visits and the village's answers

-- Visits as lists, ledgers and reports read them.
CREATE TABLE visit (
  county uuid NOT NULL,
  entry uuid NOT NULL,
  facet text NOT NULL,
  student uuid NOT NULL,
  school uuid NOT NULL,
  class uuid NOT NULL,
  village uuid NOT NULL,
  knock uuid NOT NULL,
  author uuid NOT NULL,
  author_name text NOT NULL,
  kind text NOT NULL,
  purposes text[] NOT NULL,
  household text NOT NULL,
  started_at timestamptz NOT NULL,
  visited_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  outcome text NOT NULL,
  next_follow_up_on date,
  -- `domain::confirmation::Standing`
  standing text NOT NULL,
  -- NULL until the office has looked: SEEN or PLEASE_ADD.
  review text,
  supplemented boolean NOT NULL DEFAULT false,
  superseded_by uuid,
  withdrawn boolean NOT NULL DEFAULT false,
  PRIMARY KEY (entry)
);
CREATE INDEX visit_of_student ON visit (student, started_at);
CREATE INDEX visit_of_knock ON visit (knock);
CREATE INDEX visit_of_school ON visit (school, started_at);

-- A knock whose visit has arrived: what an answer of the village is held against.
CREATE TABLE knock (
  county uuid NOT NULL,
  id uuid NOT NULL,
  author uuid NOT NULL,
  village uuid NOT NULL,
  household text NOT NULL,
  visited_on date NOT NULL,
  -- `domain::confirmation::Seal`; NULL when the village is not asked.
  secret_hash text,
  code text,
  PRIMARY KEY (id),
  CONSTRAINT knock_seal_is_whole CHECK ((secret_hash IS NULL) = (code IS NULL))
);
CREATE INDEX knock_by_code ON knock (village, code) WHERE code IS NOT NULL;

-- The village's answers, in whatever order they and their visit arrive. `knock` is the knock the answer
-- names or was found to be about; `matched` says that it opened the visit's seal and stands beside it.
CREATE TABLE village_answer (
  county uuid NOT NULL,
  entry uuid NOT NULL,
  village uuid NOT NULL,
  knock uuid,
  code text,
  author uuid NOT NULL,
  -- `domain::confirmation::Proof` and `Answer`
  proof jsonb NOT NULL,
  answer jsonb NOT NULL,
  -- By the device's clock and by the server's: a code fits a visit near either.
  answered_on date NOT NULL,
  received_on date NOT NULL,
  matched boolean NOT NULL DEFAULT false,
  -- Superseded by its giver.
  gone boolean NOT NULL DEFAULT false,
  PRIMARY KEY (entry)
);
CREATE INDEX village_answer_by_knock ON village_answer (knock) WHERE knock IS NOT NULL AND NOT gone;
CREATE INDEX village_answer_by_code ON village_answer (village, code)
  WHERE code IS NOT NULL AND NOT matched AND NOT gone;

-- 4. What follows

CREATE TABLE duty (
  county uuid NOT NULL,
  id uuid NOT NULL,
  -- The person, or with a role the `Scope::key` of the place. Part of the key: when a duty passes to
  -- somebody else, the one who had it is told that it is done.
  owner uuid NOT NULL,
  owner_role text,
  student uuid,
  reason_kind text NOT NULL,
  due_on date NOT NULL,
  reason json NOT NULL,
  -- Follows from where the student stands; others end by a decision.
  derived boolean NOT NULL,
  gone boolean NOT NULL DEFAULT false,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  ver bigint NOT NULL DEFAULT nextval('ver'),
  PRIMARY KEY (id, owner)
);
CREATE INDEX duty_in_order ON duty (owner, xid, ver);
CREATE INDEX duty_of_student ON duty (student) WHERE derived AND NOT gone;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON duty FOR EACH ROW EXECUTE FUNCTION stamp();

CREATE TABLE card (
  county uuid NOT NULL,
  id uuid NOT NULL,
  village uuid NOT NULL,
  student uuid NOT NULL,
  -- `domain::card::Card`
  body json NOT NULL,
  until date,
  gone boolean NOT NULL DEFAULT false,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  ver bigint NOT NULL DEFAULT nextval('ver'),
  PRIMARY KEY (id, village)
);
CREATE INDEX card_in_order ON card (village, xid, ver);
CREATE INDEX card_of_student ON card (student) WHERE NOT gone;
CREATE INDEX card_by_end ON card (until) WHERE until IS NOT NULL AND NOT gone;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON card FOR EACH ROW EXECUTE FUNCTION stamp();

-- 5. When what the server remembers of places, people and settings is out of date

CREATE TABLE surroundings (
  county uuid PRIMARY KEY,
  version bigint NOT NULL
);

CREATE FUNCTION surroundings_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE changed uuid := (CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END
                         ->> CASE WHEN TG_TABLE_NAME = 'county' THEN 'id' ELSE 'county' END)::uuid;
BEGIN
  -- A row per county, changed once a transaction: a roster of classes is many rows.
  IF current_setting('qm.surroundings', true) IS DISTINCT FROM changed || '/' || pg_current_xact_id() THEN
    PERFORM set_config('qm.surroundings', changed || '/' || pg_current_xact_id(), true);
    INSERT INTO surroundings AS s VALUES (changed, 1)
      ON CONFLICT (county) DO UPDATE SET version = s.version + 1;
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['county', 'township', 'village', 'school', 'class', 'policy', 'calendar',
    'user_scope'] LOOP
    EXECUTE format('CREATE TRIGGER surroundings_changed AFTER INSERT OR UPDATE OR DELETE ON %I
      FOR EACH ROW EXECUTE FUNCTION surroundings_changed()', name);
  END LOOP;
END $$;
CREATE TRIGGER surroundings_changed AFTER INSERT OR UPDATE OF name, phone, disabled_at ON account
  FOR EACH ROW EXECUTE FUNCTION surroundings_changed();

-- 6. Who may touch which rows

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['writer', 'received', 'entry', 'quarantine', 'seal', 'student', 'access',
    'visit', 'knock', 'village_answer', 'duty', 'card'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY of_the_county ON %I TO qm_applier
      USING (county = (SELECT qm_county())) WITH CHECK (county = (SELECT qm_county()))', name);
    EXECUTE format('GRANT SELECT ON %I TO qm_applier', name);
  END LOOP;
END $$;
-- Neither tells of a person.
GRANT SELECT ON kind_reader, surroundings TO qm_reader, qm_applier;

-- Append-only; nobody but the database itself says when a row came to stand.
GRANT INSERT (county, writer, seq, entry, body_hash, link, answer, received_at) ON received TO qm_applier;
GRANT INSERT (county, id, facet, kind, subject_kind, subject, student, class, author, author_name, writer, seq,
  knock, supersedes, recorded_at, received_at, raw) ON entry TO qm_applier;
GRANT INSERT ON quarantine, seal TO qm_applier;
GRANT INSERT, UPDATE ON writer, student, access, visit, knock, village_answer, duty, card TO qm_applier;

-- What the person of this transaction may read: a facet in a place, or of what they wrote themselves.
-- Township and county cover a child only while a matter is open, so OPEN needs no more than that.
CREATE VIEW my_right WITH (security_invoker = true) AS
  SELECT g.scope, g.role, k.facet,
    k.level = 'PLACE' OR k.level = 'OPEN' AND g.scope_kind IN ('TOWNSHIP', 'COUNTY') AS whole_place
  FROM user_scope g JOIN kind_reader k ON k.role = g.role
  WHERE g.county = (SELECT qm_county()) AND g.user_id = (SELECT qm_user()) AND g.gone_xid IS NULL;
GRANT SELECT ON my_right TO qm_reader;

-- A person's rights are some dozen rows. `IN` over them is asked once a statement and then looked up;
-- `IS TRUE` keeps it so within EXISTS, where it would be joined anew for each row.
CREATE POLICY in_my_place ON access FOR SELECT TO qm_reader USING (
  county = (SELECT qm_county())
  AND scope IN (SELECT r.scope FROM my_right r WHERE r.whole_place));
GRANT SELECT ON access TO qm_reader;

CREATE POLICY in_sight ON student FOR SELECT TO qm_reader USING (
  county = (SELECT qm_county())
  AND EXISTS (SELECT FROM access a
    WHERE a.county = student.county AND a.student = student.id AND NOT a.gone
      AND (a.scope IN (SELECT r.scope FROM my_right r WHERE r.whole_place AND r.facet = 'STUDENT')) IS TRUE));
GRANT SELECT (county, id, school, class, grade, village, township, household, open, name, initials, roll_no,
  state, fold_version, siblings, id_no_last4, xid, ver) ON student TO qm_reader;

CREATE POLICY in_sight ON entry FOR SELECT TO qm_reader USING (
  county = (SELECT qm_county()) AND (
    author = (SELECT qm_user()) AND facet IN (SELECT r.facet FROM my_right r)
    OR EXISTS (SELECT FROM access a
      WHERE a.county = entry.county AND a.student = entry.student AND NOT a.gone
        AND ((a.scope, entry.facet) IN (SELECT r.scope, r.facet FROM my_right r WHERE r.whole_place)) IS TRUE)
    OR student IS NULL
      AND (subject, facet) IN (SELECT r.scope, r.facet FROM my_right r WHERE r.whole_place)));
GRANT SELECT ON entry TO qm_reader;

CREATE POLICY in_sight ON visit FOR SELECT TO qm_reader USING (
  county = (SELECT qm_county()) AND (
    author = (SELECT qm_user()) AND facet IN (SELECT r.facet FROM my_right r)
    OR EXISTS (SELECT FROM access a
      WHERE a.county = visit.county AND a.student = visit.student AND NOT a.gone
        AND ((a.scope, visit.facet) IN (SELECT r.scope, r.facet FROM my_right r WHERE r.whole_place)) IS TRUE)));
GRANT SELECT ON visit TO qm_reader;

CREATE POLICY of_my_office ON quarantine FOR SELECT TO qm_reader USING (
  county = (SELECT qm_county())
  AND school IN (SELECT g.scope FROM user_scope g WHERE g.county = (SELECT qm_county())
    AND g.user_id = (SELECT qm_user()) AND g.gone_xid IS NULL AND g.role = 'OFFICE'));
GRANT SELECT ON quarantine TO qm_reader;

CREATE POLICY owed_by_me ON duty FOR SELECT TO qm_reader USING (
  county = (SELECT qm_county()) AND (
    owner_role IS NULL AND owner = (SELECT qm_user())
    OR (owner_role, owner) IN (SELECT g.role, g.scope FROM user_scope g WHERE g.county = (SELECT qm_county())
      AND g.user_id = (SELECT qm_user()) AND g.gone_xid IS NULL)));
GRANT SELECT ON duty TO qm_reader;

CREATE POLICY of_my_village ON card FOR SELECT TO qm_reader USING (
  county = (SELECT qm_county())
  AND village IN (SELECT g.scope FROM user_scope g WHERE g.county = (SELECT qm_county())
    AND g.user_id = (SELECT qm_user()) AND g.gone_xid IS NULL AND g.role = 'CADRE'));
GRANT SELECT ON card TO qm_reader;
