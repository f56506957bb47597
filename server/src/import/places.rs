//! The school an import is for: found by its 学校标识码, or founded with county, classes and a calendar
//! to begin with.

use crate::account::counties;
use crate::database::{Database, Transaction};
use crate::error::Result;
use chrono::NaiveDate;
use domain::calendar::{Calendar, Term, school_year};
use domain::directory::{Class, School, Village};
use domain::ids::{ClassId, CountyId, SchoolId, TownshipId, VillageId};
use domain::vocabulary::{SchoolKind, Stage};
use sqlx::Row;
use sqlx::types::Json;

/// A school and what is around it.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The county.
    pub county: CountyId,
    /// The school.
    pub school: School,
    /// Its 学校标识码.
    pub code: String,
    /// Its classes so far.
    pub classes: Vec<Class>,
    /// The county's villages so far.
    pub villages: Vec<Village>,
    /// The school is not there yet.
    pub is_new: bool,
}

/// How a school that is not there yet is to be called.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct NewSchool {
    /// Name of the school, if it is not there yet
    #[arg(long, env = "QIAOMEN_SCHOOL_NAME", value_name = "NAME")]
    pub school_name: Option<String>,
    /// Name of the county, if it is not there yet
    #[arg(long, env = "QIAOMEN_COUNTY_NAME", value_name = "NAME")]
    pub county_name: Option<String>,
}

impl Ground {
    /// The school of a code.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn find(database: &Database, code: &str) -> Result<Option<Self>> {
        for county in counties(database).await? {
            let mut tx = database.registrar(county).await?;
            let found =
                sqlx::query("SELECT id, name, kind, phone FROM school WHERE county = $1 AND code = $2")
                    .bind(county.0)
                    .bind(code)
                    .fetch_optional(&mut *tx)
                    .await?;
            let Some(row) = found else { continue };
            let school = School {
                id: SchoolId(row.try_get("id")?),
                name: row.try_get("name")?,
                kind: SchoolKind::from_code(row.try_get("kind")?),
                phone: row.try_get("phone")?,
            };
            let classes = classes(&mut tx, county, school.id).await?;
            let villages = villages(&mut tx, county).await?;
            return Ok(Some(Self { county, school, code: code.into(), classes, villages, is_new: false }));
        }
        Ok(None)
    }

    /// A school that is not there yet, in the county that the first six digits of its code name.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn planned(database: &Database, code: &str, new: &NewSchool) -> Result<Self> {
        let county = CountyId::of(code.get(..6).unwrap_or(code));
        let villages = if counties(database).await?.contains(&county) {
            villages(&mut database.registrar(county).await?, county).await?
        } else {
            Vec::new()
        };
        let school = School {
            id: SchoolId::of(county, code),
            name: new.school_name.clone().unwrap_or_else(|| code.into()),
            kind: SchoolKind::NineYear,
            phone: String::new(),
        };
        Ok(Self { county, school, code: code.into(), classes: Vec::new(), villages, is_new: true })
    }

    /// Writes down what is not there yet.
    ///
    /// # Errors
    /// The database says no.
    pub async fn found(
        &self,
        tx: &mut Transaction,
        new: &NewSchool,
        classes: &[Class],
        today: NaiveDate,
    ) -> Result<()> {
        if self.is_new {
            self.found_county(tx, new, today).await?;
            sqlx::query(
                "INSERT INTO school (county, id, code, name, kind) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT DO NOTHING",
            )
            .bind(self.county.0)
            .bind(self.school.id.0)
            .bind(&self.code)
            .bind(&self.school.name)
            .bind(self.school.kind.code())
            .execute(&mut **tx)
            .await?;
        }
        for class in classes {
            sqlx::query(
                "INSERT INTO class (county, id, school, stage, entry_year, number)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            )
            .bind(self.county.0)
            .bind(class.id.0)
            .bind(class.school.0)
            .bind(class.stage.code())
            .bind(class.entry_year)
            .bind(i32::from(class.number))
            .execute(&mut **tx)
            .await?;
        }
        Ok(())
    }

    async fn found_county(&self, tx: &mut Transaction, new: &NewSchool, today: NaiveDate) -> Result<()> {
        let region = self.code.get(..6).unwrap_or(&self.code);
        let founded = sqlx::query("INSERT INTO county (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(self.county.0)
            .bind(new.county_name.as_deref().unwrap_or(region))
            .execute(&mut **tx)
            .await?;
        if founded.rows_affected() > 0 {
            sqlx::query("INSERT INTO calendar (county, body) VALUES ($1, $2)")
                .bind(self.county.0)
                .bind(Json(first_calendar(school_year(today))))
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }
}

/// Two usual terms to begin with; `qiaomen set calendar` sets the county's own.
fn first_calendar(year: i32) -> Calendar {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let term =
        |n, starts_on, ends_on| Term { semester: format!("{year}-{}-{n}", year + 1), starts_on, ends_on };
    Calendar {
        terms: vec![
            term(1, day(year, 9, 1), day(year + 1, 1, 20)),
            term(2, day(year + 1, 2, 25), day(year + 1, 7, 10)),
        ],
        ..Calendar::default()
    }
}

async fn classes(tx: &mut Transaction, county: CountyId, school: SchoolId) -> Result<Vec<Class>> {
    let rows =
        sqlx::query("SELECT id, stage, entry_year, number FROM class WHERE county = $1 AND school = $2")
            .bind(county.0)
            .bind(school.0)
            .fetch_all(&mut **tx)
            .await?;
    rows.iter()
        .map(|row| {
            Ok(Class {
                id: ClassId(row.try_get("id")?),
                school,
                stage: Stage::from_code(row.try_get("stage")?),
                entry_year: row.try_get("entry_year")?,
                number: u16::try_from(row.try_get::<i32, _>("number")?).unwrap_or_default(),
            })
        })
        .collect()
}

async fn villages(tx: &mut Transaction, county: CountyId) -> Result<Vec<Village>> {
    let rows = sqlx::query(
        "SELECT v.id, v.code, v.name, t.id AS township, t.name AS township_name
         FROM village v JOIN township t ON t.county = v.county AND t.id = v.township
         WHERE v.county = $1 ORDER BY v.code",
    )
    .bind(county.0)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Village {
                id: VillageId(row.try_get("id")?),
                code: row.try_get("code")?,
                name: row.try_get("name")?,
                township: TownshipId(row.try_get("township")?),
                township_name: row.try_get("township_name")?,
            })
        })
        .collect()
}
