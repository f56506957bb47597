//! What rules need to know around a child: places, class teachers, settings and calendar of a county,
//! remembered between requests. Triggers count a version up with every change of what it is made of;
//! each transaction compares that number. What a person's phone gets of it is `directory`.

use crate::error::Result;
use crate::settings::Settings;
use chrono::NaiveDate;
use domain::access::Place;
use domain::actor::{Role, Scope, YearOfStage};
use domain::calendar::Calendar;
use domain::directory::{Class, Directory, PersonOfStaff, Post, School};
use domain::ids::{ClassId, CountyId, SchoolId, TownshipId, UserId, VillageId};
use domain::policy::Policy;
use domain::student::{Basics, scopes};
use domain::vocabulary::{SchoolKind, Stage};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// The surroundings of the children of one county on one day.
#[derive(Debug)]
pub struct Surroundings {
    /// The county.
    pub county: CountyId,
    /// The day it is: settings have a first day, duties a term.
    pub today: NaiveDate,
    version: i64,
    schools: HashMap<SchoolId, AtSchool>,
    classes: HashMap<ClassId, Class>,
    townships: HashMap<VillageId, TownshipId>,
    nowhere: AtSchool,
}

/// What holds at one school.
#[derive(Debug, Default)]
pub struct AtSchool {
    /// Settings in force: the county's with the school's laid over them.
    pub policy: Policy,
    /// 校历
    pub calendar: Calendar,
    /// The school, its classes and their teachers: what a card is labelled with.
    pub directory: Directory,
    township: Option<TownshipId>,
}

impl Surroundings {
    /// Reads the surroundings as the applier.
    ///
    /// # Errors
    /// The database does not answer, or holds settings that are none.
    pub async fn load(tx: &mut PgConnection, county: CountyId, today: NaiveDate) -> Result<Self> {
        let version = version(tx, county).await?;
        let mut schools = HashMap::new();
        let rows = sqlx::query("SELECT id, name, kind, phone, township FROM school WHERE county = $1")
            .bind(county.0)
            .fetch_all(&mut *tx)
            .await?;
        for row in rows {
            let school = School {
                id: SchoolId(row.try_get("id")?),
                name: row.try_get("name")?,
                kind: SchoolKind::from_code(row.try_get("kind")?),
                phone: row.try_get("phone")?,
            };
            let township = row.try_get::<Option<Uuid>, _>("township")?.map(TownshipId);
            let directory = Directory { schools: vec![school.clone()], ..Directory::default() };
            schools.insert(school.id, AtSchool { directory, township, ..AtSchool::default() });
        }

        let mut classes = HashMap::new();
        let rows = sqlx::query(
            "SELECT id, school, stage, entry_year, number FROM class WHERE county = $1 ORDER BY id",
        )
        .bind(county.0)
        .fetch_all(&mut *tx)
        .await?;
        for row in rows {
            let class = Class {
                id: ClassId(row.try_get("id")?),
                school: SchoolId(row.try_get("school")?),
                stage: Stage::from_code(row.try_get("stage")?),
                entry_year: row.try_get("entry_year")?,
                number: u16::try_from(row.try_get::<i32, _>("number")?).unwrap_or_default(),
            };
            if let Some(at) = schools.get_mut(&class.school) {
                at.directory.classes.push(class.clone());
            }
            classes.insert(class.id, class);
        }

        let rows = sqlx::query(
            "SELECT a.id, a.name, a.phone, g.scope FROM user_scope g
             JOIN account a ON a.county = g.county AND a.id = g.user_id
             WHERE g.county = $1 AND g.role = $2 AND g.gone_xid IS NULL AND a.disabled_at IS NULL
             ORDER BY g.granted_at, a.id",
        )
        .bind(county.0)
        .bind(Role::ClassTeacher.code())
        .fetch_all(&mut *tx)
        .await?;
        for row in rows {
            let scope: Uuid = row.try_get("scope")?;
            let Some(class) = classes.get(&ClassId(scope)) else { continue };
            let post = Post { role: Role::ClassTeacher, scope, cadre: None };
            if let Some(at) = schools.get_mut(&class.school) {
                at.directory.people.push(PersonOfStaff {
                    id: UserId(row.try_get("id")?),
                    name: row.try_get("name")?,
                    phone: row.try_get("phone")?,
                    posts: vec![post],
                });
            }
        }

        let townships =
            sqlx::query_as::<_, (Uuid, Uuid)>("SELECT id, township FROM village WHERE county = $1")
                .bind(county.0)
                .fetch_all(&mut *tx)
                .await?
                .into_iter()
                .map(|(village, township)| (VillageId(village), TownshipId(township)))
                .collect();

        let settings = Settings::load(tx, county, today).await?;
        for (school, at) in &mut schools {
            at.policy = settings.policy(Some(*school))?;
            at.calendar = settings.calendar(Some(*school))?;
            at.directory.policy = at.policy.clone();
            at.directory.calendar = at.calendar.clone();
        }
        let nowhere = AtSchool {
            policy: settings.policy(None)?,
            calendar: settings.calendar(None)?,
            ..AtSchool::default()
        };
        Ok(Self { county, today, version, schools, classes, townships, nowhere })
    }

    /// What holds at a school; the county's own settings where there is no such school.
    pub fn at(&self, school: SchoolId) -> &AtSchool {
        self.schools.get(&school).unwrap_or(&self.nowhere)
    }

    /// What holds at a school that may not be known.
    pub fn of(&self, school: Option<SchoolId>) -> &AtSchool {
        school.map_or(&self.nowhere, |school| self.at(school))
    }

    /// The county's own settings.
    pub const fn nowhere(&self) -> &AtSchool {
        &self.nowhere
    }

    /// A class.
    pub fn class(&self, id: ClassId) -> Option<&Class> {
        self.classes.get(&id)
    }

    /// Whether there is such a school.
    pub fn has_school(&self, id: SchoolId) -> bool {
        self.schools.contains_key(&id)
    }

    /// The key of the scope of a class's grade.
    pub fn grade(&self, class: ClassId) -> Uuid {
        self.class(class)
            .map_or(class.0, |c| Scope::Grade(c.school, YearOfStage::new(&c.stage, c.entry_year)).key())
    }

    /// The township a child lives in, or goes to school in while the village is not known.
    pub fn township(&self, basics: &Basics) -> Option<TownshipId> {
        basics.village.and_then(|v| self.townships.get(&v).copied()).or(self.at(basics.school).township)
    }

    /// Keys of the scopes that cover a child.
    pub fn scopes(&self, basics: &Basics, open: bool) -> Vec<Uuid> {
        let township = self.township(basics).map(|t| t.0);
        scopes(self.county, basics, self.grade(basics.class), township, open)
    }

    /// Where a school is; `None` if there is no such school.
    pub fn place_of_school(&self, id: SchoolId) -> Option<Place> {
        self.has_school(id).then(|| Place { county: Some(self.county), scopes: vec![id.0], open: false })
    }

    /// Where a village is; `None` if there is no such village.
    pub fn place_of_village(&self, id: VillageId) -> Option<Place> {
        let township = self.townships.get(&id)?;
        Some(Place { county: Some(self.county), scopes: vec![id.0, township.0], open: false })
    }
}

/// Keys of the scopes that cover a child as its row in `student` has it, persons not counted: what
/// [`Surroundings::scopes`] said when the row was written.
///
/// # Errors
/// A column is not in the row.
pub(super) fn covering(row: &PgRow, county: CountyId) -> Result<Vec<Uuid>> {
    let mut scopes = vec![row.try_get("class")?, row.try_get("grade")?, row.try_get("school")?];
    if row.try_get("open")? {
        scopes.extend(row.try_get::<Option<Uuid>, _>("township")?);
        scopes.push(county.0);
    }
    Ok(scopes)
}

async fn version(tx: &mut PgConnection, county: CountyId) -> Result<i64> {
    let version = sqlx::query_scalar("SELECT version FROM surroundings WHERE county = $1")
        .bind(county.0)
        .fetch_optional(tx)
        .await?;
    Ok(version.unwrap_or_default())
}

/// Surroundings between requests.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<HashMap<CountyId, Arc<Surroundings>>>>);

impl Memory {
    /// The surroundings as this transaction sees them: remembered if nothing changed, else read again.
    ///
    /// # Errors
    /// As `Surroundings::load`.
    pub async fn surroundings(
        &self,
        tx: &mut PgConnection,
        county: CountyId,
        today: NaiveDate,
    ) -> Result<Arc<Surroundings>> {
        let version = version(tx, county).await?;
        self.of_version(tx, county, today, version).await
    }

    /// The same, where this transaction has read their version.
    pub(super) async fn of_version(
        &self,
        tx: &mut PgConnection,
        county: CountyId,
        today: NaiveDate,
        version: i64,
    ) -> Result<Arc<Surroundings>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&county).cloned();
        if let Some(known) = known.filter(|known| known.version == version && known.today == today) {
            return Ok(known);
        }
        let fresh = Arc::new(Surroundings::load(tx, county, today).await?);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(county, fresh.clone());
        Ok(fresh)
    }
}
