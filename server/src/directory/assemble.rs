//! The directory put together: the part of the county that a person needs. What the server derives with
//! is `sync::surroundings`.

use crate::database::Transaction;
use crate::error::{Error, Result};
use crate::settings::Settings;
use chrono::Utc;
use domain::actor::{Actor, Role, Scope};
use domain::calendar::local_date;
use domain::directory::{Class, Directory, PersonOfStaff, Post, School, Village};
use domain::ids::{ClassId, CountyId, SchoolId, TownshipId, UserId, VillageId};
use domain::vocabulary::{CadreRole, SchoolKind, Stage};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long a person's directory may lag behind a child that moved to another village.
const KEPT: Duration = Duration::from_secs(600);

/// Remembers what each person's directory was, so that a phone that has it costs no work.
#[derive(Debug, Default)]
pub struct Directories(Mutex<HashMap<UserId, Remembered>>);

#[derive(Debug)]
struct Remembered {
    version: i64,
    fingerprint: String,
    at: Instant,
}

impl Directories {
    /// The person's directory and its fingerprint, unless it is the one the phone has.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn news(
        &self,
        tx: &mut Transaction,
        actor: &Actor,
        has: Option<&str>,
    ) -> Result<Option<(Directory, String)>> {
        let version: i64 =
            sqlx::query_scalar("SELECT coalesce((SELECT version FROM surroundings WHERE county = $1), 0)")
                .bind(actor.county.0)
                .fetch_one(&mut **tx)
                .await?;
        if has.is_some_and(|has| self.is_current(actor.user, version, has)) {
            return Ok(None);
        }
        let directory = of(tx, actor).await?;
        let text = serde_json::to_vec(&directory).map_err(|e| Error::Internal(e.to_string()))?;
        let fingerprint = domain::hex(&Sha256::digest(text));
        let remembered = Remembered { version, fingerprint: fingerprint.clone(), at: Instant::now() };
        self.lock().insert(actor.user, remembered);
        Ok((has != Some(&fingerprint)).then_some((directory, fingerprint)))
    }

    /// Whether what a phone has is this person's directory, while places, people and settings are of
    /// this version.
    pub fn is_current(&self, user: UserId, version: i64, has: &str) -> bool {
        self.lock().get(&user).is_some_and(|known| {
            known.version == version && known.fingerprint == has && known.at.elapsed() < KEPT
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<UserId, Remembered>> {
        // Another request's fault leaves a map that is still a map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What this person needs, in a reader's transaction of theirs.
async fn of(tx: &mut Transaction, actor: &Actor) -> Result<Directory> {
    let school = actor.grants.iter().find_map(|grant| match grant.scope {
        Scope::School(school) | Scope::Grade(school, _) => Some(school),
        _ => None,
    });
    let mine: Vec<Uuid> = sqlx::query_scalar(
        "SELECT DISTINCT school FROM user_scope
         WHERE county = $1 AND user_id = $2 AND gone_xid IS NULL AND school IS NOT NULL ORDER BY school",
    )
    .bind(actor.county.0)
    .bind(actor.user.0)
    .fetch_all(&mut **tx)
    .await?;
    let school = school.or_else(|| mine.first().copied().map(SchoolId));
    let villages: Vec<Uuid> = actor
        .places(Role::Cadre)
        .filter_map(|scope| match scope {
            Scope::Village(village) => Some(village.0),
            _ => None,
        })
        .collect();
    let only_cadre = actor.grants.iter().all(|grant| grant.role == Role::Cadre);

    let settings = Settings::load(tx, actor.county, local_date(Utc::now())).await?;
    Ok(Directory {
        county: county_name(tx, actor.county).await?,
        schools: schools(tx, actor.county).await?,
        classes: if mine.is_empty() {
            classes_in_sight(tx, actor.county).await?
        } else {
            classes(tx, actor.county, &mine).await?
        },
        villages: self::villages(tx, actor.county, only_cadre.then_some(&villages)).await?,
        people: colleagues(tx, actor.county, &mine).await?,
        policy: settings.policy(school)?,
        calendar: settings.calendar(school)?,
    })
}

async fn county_name(tx: &mut Transaction, county: CountyId) -> Result<String> {
    let name = sqlx::query_scalar("SELECT name FROM county WHERE id = $1");
    Ok(name.bind(county.0).fetch_optional(&mut **tx).await?.unwrap_or_default())
}

async fn schools(tx: &mut Transaction, county: CountyId) -> Result<Vec<School>> {
    let rows: Vec<(Uuid, String, String, String)> =
        sqlx::query_as("SELECT id, name, kind, phone FROM school WHERE county = $1 ORDER BY code")
            .bind(county.0)
            .fetch_all(&mut **tx)
            .await?;
    let school = |(id, name, kind, phone): (Uuid, String, String, String)| School {
        id: SchoolId(id),
        name,
        kind: SchoolKind::from_code(&kind),
        phone,
    };
    Ok(rows.into_iter().map(school).collect())
}

#[derive(sqlx::FromRow)]
struct ClassRow {
    id: Uuid,
    school: Uuid,
    stage: String,
    entry_year: i32,
    number: i32,
}

impl From<ClassRow> for Class {
    fn from(row: ClassRow) -> Self {
        Self {
            id: ClassId(row.id),
            school: SchoolId(row.school),
            stage: Stage::from_code(&row.stage),
            entry_year: row.entry_year,
            // The table holds 1 to 99.
            number: u16::try_from(row.number).unwrap_or_default(),
        }
    }
}

async fn classes(tx: &mut Transaction, county: CountyId, of: &[Uuid]) -> Result<Vec<Class>> {
    let rows: Vec<ClassRow> = sqlx::query_as(
        "SELECT id, school, stage, entry_year, number FROM class
         WHERE county = $1 AND school = ANY($2)
         ORDER BY school, stage, entry_year, number",
    )
    .bind(county.0)
    .bind(of)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(Class::from).collect())
}

/// Township and county see single children of many schools: the classes of those.
async fn classes_in_sight(tx: &mut Transaction, county: CountyId) -> Result<Vec<Class>> {
    let rows: Vec<ClassRow> = sqlx::query_as(
        "SELECT id, school, stage, entry_year, number FROM class
         WHERE county = $1 AND id IN (SELECT class FROM student WHERE county = $1)
         ORDER BY school, stage, entry_year, number",
    )
    .bind(county.0)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(Class::from).collect())
}

async fn villages(tx: &mut Transaction, county: CountyId, only: Option<&Vec<Uuid>>) -> Result<Vec<Village>> {
    let rows: Vec<(Uuid, String, String, Uuid, String)> = sqlx::query_as(
        "SELECT v.id, v.code, v.name, t.id, t.name
         FROM village v JOIN township t ON t.county = v.county AND t.id = v.township
         WHERE v.county = $1 AND ($2::uuid[] IS NULL OR v.id = ANY($2)) ORDER BY v.code",
    )
    .bind(county.0)
    .bind(only)
    .fetch_all(&mut **tx)
    .await?;
    let village = |(id, code, name, township, township_name): (Uuid, String, String, Uuid, String)| Village {
        id: VillageId(id),
        code,
        name,
        township: TownshipId(township),
        township_name,
    };
    Ok(rows.into_iter().map(village).collect())
}

#[derive(sqlx::FromRow)]
struct PostRow {
    user_id: Uuid,
    name: String,
    phone: String,
    role: String,
    scope: Uuid,
    cadre: Option<String>,
}

/// Whom the view `colleague` shows; of the county's cadres those of villages this person's children live
/// in, and of the villages around their school.
async fn colleagues(tx: &mut Transaction, county: CountyId, mine: &[Uuid]) -> Result<Vec<PersonOfStaff>> {
    let posts: Vec<PostRow> = sqlx::query_as(
        "SELECT user_id, name, phone, role, scope, cadre FROM colleague c
         WHERE NOT by_county OR scope IN (SELECT village FROM student WHERE county = $1)
           OR township IN (SELECT township FROM school WHERE county = $1 AND id = ANY($2))
         ORDER BY name, user_id, granted_at, role, scope",
    )
    .bind(county.0)
    .bind(mine)
    .fetch_all(&mut **tx)
    .await?;
    Ok(people(posts))
}

/// Rows of one person stand together.
fn people(posts: Vec<PostRow>) -> Vec<PersonOfStaff> {
    let mut people: Vec<PersonOfStaff> = Vec::new();
    for row in posts {
        // A role of a newer version is no post this one can show.
        let Some(role) = Role::from_code(&row.role) else { continue };
        let post = Post { role, scope: row.scope, cadre: row.cadre.as_deref().map(CadreRole::from_code) };
        match people.last_mut().filter(|last| last.id.0 == row.user_id) {
            Some(last) => last.posts.push(post),
            None => people.push(PersonOfStaff {
                id: UserId(row.user_id),
                name: row.name,
                phone: row.phone,
                posts: vec![post],
            }),
        }
    }
    people
}
