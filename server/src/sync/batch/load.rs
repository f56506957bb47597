//! Reads and locks what a batch of entries needs, in one order for every request: first the knocks,
//! then the children, both sorted, so that two requests never wait for each other in a circle.
//! `OFFSET 0` keeps Postgres looking up one code after the other instead of going through all.

use super::{Arrived, Author, Batch, File, New, Past, Stored, Taken};
use crate::answer::by_code;
use crate::error::Result;
use crate::sync::held::{Held, Knock};
use crate::sync::pull::place_in_order;
use crate::sync::surroundings::{Surroundings, covering};
use domain::access::{Facet, Place, may_write};
use domain::actor::{Grant, Role, Scope};
use domain::confirmation::{Proof, Seal};
use domain::entry::{Body, Kind, Subject};
use domain::ids::{EntryId, KnockId, SchoolId, StudentId, UserId, VillageId};
use domain::judge::{Known, about, refers_to};
use domain::sync::Cursor;
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What the entries name.
#[derive(Default)]
struct Names {
    students: BTreeSet<Uuid>,
    entries: BTreeSet<Uuid>,
    ids: BTreeSet<Uuid>,
    knocks: BTreeSet<Uuid>,
    /// Knocks whose every child is concerned, because the village answered.
    answered: BTreeSet<Uuid>,
    codes: BTreeSet<(Uuid, String)>,
    /// Answers that are superseded or disowned.
    answers: BTreeSet<Uuid>,
}

impl Names {
    fn of(arrived: &[Arrived]) -> Self {
        let mut names = Self::default();
        for Arrived { entry, .. } in arrived {
            names.ids.insert(entry.id.0);
            names.students.extend(about(entry).map(|s| s.0));
            names.entries.extend(refers_to(entry).map(|e| e.0));
            match (&entry.body, entry.subject) {
                (Body::Visit(visit), _) => {
                    names.knocks.extend(entry.knock.map(|k| k.0));
                    names.codes.extend(visit.seal.as_ref().map(|s| (visit.village.0, s.code.clone())));
                }
                (Body::Confirmation(confirmation), Subject::Village(village)) => {
                    names.knocks.extend(entry.knock.map(|k| k.0));
                    names.answered.extend(entry.knock.map(|k| k.0));
                    names.answers.extend(entry.supersedes.map(|e| e.0));
                    if let Proof::Code(code) = &confirmation.proof {
                        names.codes.insert((village.0, code.clone()));
                    }
                }
                (Body::Dispute(dispute), _) => drop(names.answers.insert(dispute.of.0)),
                // Whose office it would be kept for is told by the visit of its knock.
                (_, Subject::Village(_)) => names.knocks.extend(entry.knock.map(|k| k.0)),
                _ => {}
            }
        }
        names
    }
}

impl<'a> Batch<'a> {
    pub(super) async fn load(
        tx: &mut PgConnection,
        around: &'a Surroundings,
        author: &'a Author,
        arrived: &[Arrived],
    ) -> Result<Self> {
        let mut names = Names::of(arrived);
        let mut batch = Self {
            around,
            author,
            files: BTreeMap::new(),
            knocks: BTreeMap::new(),
            held: Vec::new(),
            known: BTreeMap::new(),
            taken: BTreeMap::new(),
            past: Past::default(),
            by_office: false,
            new: New::default(),
        };
        batch.load_answered(tx, &mut names).await?;
        if !names.knocks.is_empty() || !names.codes.is_empty() {
            batch.lock_knocks(tx, &names).await?;
            batch.load_knocks(tx, &mut names).await?;
            batch.load_held(tx, &names).await?;
        }
        batch.load_known(tx, &names).await?;
        batch.lock_files(tx, &names).await?;
        batch.load_past(tx, arrived).await?;
        Ok(batch)
    }

    /// The knocks of answers that are superseded or disowned.
    async fn load_answered(&self, tx: &mut PgConnection, names: &mut Names) -> Result<()> {
        if names.answers.is_empty() {
            return Ok(());
        }
        let knocks: Vec<Uuid> = sqlx::query_scalar(
            "SELECT knock FROM village_answer WHERE county = $1 AND entry = ANY($2) AND knock IS NOT NULL",
        )
        .bind(self.around.county.0)
        .bind(list(&names.answers))
        .fetch_all(tx)
        .await?;
        names.knocks.extend(&knocks);
        names.answered.extend(&knocks);
        Ok(())
    }

    /// A visit and its answer that arrive at the same time wait for each other, so that one of them
    /// sees the other. There may be no row yet to lock.
    async fn lock_knocks(&self, tx: &mut PgConnection, names: &Names) -> Result<()> {
        let county = self.around.county.0;
        let knocks = names.knocks.iter().map(|knock| key(&[county.as_bytes(), knock.as_bytes()]));
        let codes = names
            .codes
            .iter()
            .map(|(village, code)| key(&[county.as_bytes(), village.as_bytes(), code.as_bytes()]));
        let keys: BTreeSet<i64> = knocks.chain(codes).collect();
        sqlx::query("SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key")
            .bind(keys.into_iter().collect::<Vec<_>>())
            .execute(tx)
            .await?;
        Ok(())
    }

    async fn load_knocks(&mut self, tx: &mut PgConnection, names: &mut Names) -> Result<()> {
        let (villages, codes) = split(&names.codes);
        let rows = sqlx::query(
            "SELECT k.*, (SELECT v.school FROM visit v WHERE v.county = $1 AND v.knock = k.id LIMIT 1) AS school
             FROM (
               SELECT id, author, village, household, visited_on, secret_hash, code FROM knock
               WHERE county = $1 AND id = ANY($2)
               UNION
               SELECT k.* FROM unnest($3::uuid[], $4::text[]) AS typed (village, code) CROSS JOIN LATERAL (
                 SELECT id, author, k.village, household, visited_on, secret_hash, k.code FROM knock k
                 WHERE k.county = $1 AND k.village = typed.village AND k.code = typed.code OFFSET 0) AS k) AS k",
        )
        .bind(self.around.county.0)
        .bind(list(&names.knocks))
        .bind(villages)
        .bind(codes)
        .fetch_all(&mut *tx)
        .await?;
        for row in rows {
            let id = KnockId(row.try_get("id")?);
            let seal = row
                .try_get::<Option<String>, _>("secret_hash")?
                .zip(row.try_get("code")?)
                .map(|(secret_hash, code)| Seal { secret_hash, code });
            let knock = Knock {
                author: UserId(row.try_get("author")?),
                village: VillageId(row.try_get("village")?),
                household: row.try_get("household")?,
                visited_on: row.try_get("visited_on")?,
                seal,
                school: row.try_get::<Option<Uuid>, _>("school")?.map(SchoolId),
            };
            // Found by a code that somebody typed: its children are concerned.
            if !names.knocks.contains(&id.0) {
                names.answered.insert(id.0);
            }
            self.knocks.insert(id, knock);
        }
        if !names.answered.is_empty() {
            let students: Vec<Uuid> = sqlx::query_scalar(
                "SELECT DISTINCT student FROM visit
                 WHERE county = $1 AND knock = ANY($2) AND NOT withdrawn AND superseded_by IS NULL",
            )
            .bind(self.around.county.0)
            .bind(list(&names.answered))
            .fetch_all(tx)
            .await?;
            names.students.extend(students);
        }
        Ok(())
    }

    async fn load_held(&mut self, tx: &mut PgConnection, names: &Names) -> Result<()> {
        let (villages, codes) = split(&names.codes);
        let rows = sqlx::query(
            "SELECT a.*, (SELECT ver FROM entry WHERE id = a.entry) AS taken FROM (
               SELECT entry, village, knock, author, proof, answer, answered_on, received_on, matched
               FROM village_answer WHERE county = $1 AND NOT gone AND knock = ANY($2)
               UNION ALL
               SELECT a.* FROM unnest($3::uuid[], $4::text[]) AS typed (village, code) CROSS JOIN LATERAL (
                 SELECT entry, a.village, knock, author, proof, answer, answered_on, received_on, matched
                 FROM village_answer a
                 WHERE a.county = $1 AND a.village = typed.village AND a.code = typed.code
                   AND NOT a.matched AND NOT a.gone OFFSET 0) AS a) AS a
             ORDER BY taken",
        )
        .bind(self.around.county.0)
        .bind(list(&names.knocks))
        .bind(villages)
        .bind(codes)
        .fetch_all(tx)
        .await?;
        for row in rows {
            self.held.push(Held {
                village: VillageId(row.try_get("village")?),
                knock: row.try_get::<Option<Uuid>, _>("knock")?.map(KnockId),
                author: UserId(row.try_get("author")?),
                proof: row.try_get::<Json<_>, _>("proof")?.0,
                answer: row.try_get::<Json<_>, _>("answer")?.0,
                answered_on: row.try_get("answered_on")?,
                received_on: row.try_get("received_on")?,
                matched: row.try_get("matched")?,
                gone: false,
                changed: false,
            });
        }
        Ok(())
    }

    /// Entries that these speak of, and ids that are taken already.
    async fn load_known(&mut self, tx: &mut PgConnection, names: &Names) -> Result<()> {
        let rows = sqlx::query(
            "SELECT id, author, facet, kind, subject_kind, subject, received_at, false AS quarantined,
                    CASE WHEN id = ANY($2) THEN raw END AS raw
             FROM entry WHERE county = $1 AND id = ANY($2 || $3)
             UNION ALL
             SELECT id, author, '', kind, subject_kind, subject, received_at, true, raw
             FROM quarantine WHERE county = $1 AND id = ANY($2)",
        )
        .bind(self.around.county.0)
        .bind(list(&names.ids))
        .bind(list(&names.entries))
        .fetch_all(tx)
        .await?;
        for row in rows {
            let id = EntryId(row.try_get("id")?);
            let author = UserId(row.try_get("author")?);
            let quarantined = row.try_get("quarantined")?;
            if names.ids.contains(&id.0) {
                let taken =
                    Taken { author, raw: row.try_get("raw")?, at: row.try_get("received_at")?, quarantined };
                // What was kept and then taken is in both; that it stands is what counts.
                self.taken.entry(id).or_insert(taken);
            }
            if !quarantined {
                let subject = row.try_get("subject")?;
                let subject = match row.try_get("subject_kind")? {
                    "STUDENT" => Subject::Student(StudentId(subject)),
                    "SCHOOL" => Subject::School(SchoolId(subject)),
                    _ => Subject::Village(VillageId(subject)),
                };
                let kind = Kind::from_code(row.try_get("kind")?);
                let own = row.try_get::<&str, _>("facet")? == Facet::Of(Kind::Confirmation).code();
                let signed_in = own && author != by_code(self.around.county);
                self.known.insert(id, Known { author, kind, subject, signed_in });
            }
        }
        Ok(())
    }

    async fn lock_files(&mut self, tx: &mut PgConnection, names: &Names) -> Result<()> {
        if names.students.is_empty() {
            return Ok(());
        }
        let county = self.around.county;
        let rows = sqlx::query(
            "SELECT id, school, class, grade, township, open, state,
                    ARRAY(SELECT scope FROM access a
                          WHERE a.county = s.county AND a.student = s.id AND a.named AND NOT a.gone) AS named
             FROM student s WHERE county = $1 AND id = ANY($2) ORDER BY id FOR UPDATE",
        )
        .bind(county.0)
        .bind(list(&names.students))
        .fetch_all(tx)
        .await?;
        for row in rows {
            let Json(state) = row.try_get("state")?;
            let scopes = covering(&row, county)?;
            let file = File {
                state: Clone::clone(&state),
                stored: Some(Stored { state, scopes }),
                named: row.try_get("named")?,
            };
            self.files.insert(StudentId(row.try_get("id")?), file);
        }
        Ok(())
    }

    /// What was allowed at the phone's last pull, read only when an entry needs it.
    async fn load_past(&mut self, tx: &mut PgConnection, arrived: &[Arrived]) -> Result<()> {
        let Some(cursor) = self.author.cursor else { return Ok(()) };
        let actor = &self.author.actor;
        let needed = arrived.iter().any(|one| {
            let file = one.entry.subject.student().and_then(|id| self.files.get(&id));
            let place: Option<Place> = file.and_then(|f| self.place_of(f));
            let facet = Facet::of(&one.entry.body);
            !facet.zip(place).is_some_and(|(facet, place)| may_write(actor, facet, &place))
        });
        if !needed || !is_of_this_epoch(tx, cursor).await? {
            return Ok(());
        }
        let (xid, ver) = (cursor.xid.to_string(), place_in_order(cursor));
        let rows: Vec<(String, Json<Scope>)> = sqlx::query_as(
            "SELECT role, scope_detail FROM user_scope
             WHERE county = $1 AND user_id = $2 AND gone_xid IS NOT NULL AND (xid, ver) > ($3::text::xid8, $4)",
        )
        .bind(self.around.county.0)
        .bind(actor.user.0)
        .bind(&xid)
        .bind(ver)
        .fetch_all(&mut *tx)
        .await?;
        self.past.grants = rows
            .into_iter()
            .filter_map(|(role, Json(scope))| {
                Some(Grant { role: Role::from_code(&role)?, scope, cadre: None })
            })
            .collect();
        let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
            "SELECT student, scope FROM access
             WHERE county = $1 AND student = ANY($2) AND gone AND (xid, ver) > ($3::text::xid8, $4)",
        )
        .bind(self.around.county.0)
        .bind(self.files.keys().map(|s| s.0).collect::<Vec<_>>())
        .bind(&xid)
        .bind(ver)
        .fetch_all(tx)
        .await?;
        for (student, scope) in rows {
            self.past.scopes.entry(StudentId(student)).or_default().push(scope);
        }
        Ok(())
    }
}

/// A server restored from a backup counts anew: what was allowed in another epoch is not known.
async fn is_of_this_epoch(tx: &mut PgConnection, cursor: Cursor) -> Result<bool> {
    let epoch: i64 = sqlx::query_scalar("SELECT epoch FROM epoch").fetch_one(tx).await?;
    Ok(epoch.cast_unsigned() == cursor.epoch)
}

fn list(ids: &BTreeSet<Uuid>) -> Vec<Uuid> {
    ids.iter().copied().collect()
}

fn split(codes: &BTreeSet<(Uuid, String)>) -> (Vec<Uuid>, Vec<String>) {
    codes.iter().cloned().unzip()
}

/// A lock's number: by chance two things share one, and then wait for each other, nothing worse.
fn key(parts: &[&[u8]]) -> i64 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().iter().take(8).fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte))
}
