//! `qiaomen set …`: what differs by county and school, kept by whoever runs the server. A running server
//! and its phones hear of it with the next sync.

use crate::account::counties;
use crate::config::Opened;
use crate::database::{Database, Transaction};
use crate::error::{Error, Result};
use chrono::{NaiveDate, Utc};
use clap::{Args, Subcommand};
use domain::calendar::{Calendar, local_date};
use domain::ids::{CountyId, SchoolId};
use domain::policy::Policy;
use serde_json::{Map, Value, json};
use sqlx::types::Json;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What to set.
#[derive(Subcommand, Clone, Debug)]
pub enum Set {
    /// Days, deadlines and strengths (政策), from a JSON file: {"village_confirm_days": 5}
    ///
    /// A new version, laid over the one before; null takes a value of one's own back. A school's values are
    /// laid over its county's. Without FILE: what is in force.
    Policy {
        /// The file
        file: Option<PathBuf>,
        /// Whose
        #[command(flatten)]
        whose: Whose,
        /// The day it comes into force; today unless said
        #[arg(long, env = "QIAOMEN_FROM", value_name = "YYYY-MM-DD")]
        from: Option<NaiveDate>,
        /// Only says what would change; writes nothing
        #[arg(long, env = "QIAOMEN_CHECK")]
        check: bool,
    },
    /// Terms, holidays and make-up days (校历), from a JSON file
    ///
    /// {"terms": [{"semester": "2026-2027-1", "starts_on": "2026-09-01", "ends_on": "2027-01-20"}],
    /// "holidays": ["2026-10-01"], "makeup_days": ["2026-10-10"]}. A school's own stands instead of its
    /// county's. Without FILE: what is in force.
    Calendar {
        /// The file
        file: Option<PathBuf>,
        /// Whose
        #[command(flatten)]
        whose: Whose,
        /// Only says whether it is one; writes nothing
        #[arg(long, env = "QIAOMEN_CHECK")]
        check: bool,
    },
    /// What a school is called, the number families call, and its township
    School {
        /// Code of the school (学校标识码)
        #[arg(long, env = "QIAOMEN_SCHOOL", value_name = "CODE")]
        school: String,
        /// Its name
        #[arg(long, env = "QIAOMEN_SCHOOL_NAME")]
        name: Option<String>,
        /// The telephone number that families are told
        #[arg(long, env = "QIAOMEN_PHONE")]
        phone: Option<String>,
        /// Name of its township, whose people see its open matters
        #[arg(long, env = "QIAOMEN_TOWNSHIP", value_name = "NAME")]
        township: Option<String>,
    },
}

/// A county or one of its schools.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub struct Whose {
    /// Code of the county (行政区划代码, six digits)
    #[arg(long, env = "QIAOMEN_COUNTY", value_name = "CODE")]
    county: Option<String>,
    /// Code of the school (学校标识码)
    #[arg(long, env = "QIAOMEN_SCHOOL", value_name = "CODE")]
    school: Option<String>,
}

/// Does it, and prints what came of it.
///
/// # Errors
/// No such county or school; the file cannot be read or holds something else, and then nothing was set.
pub async fn run(opened: &Opened, what: Set) -> Result<()> {
    let database = &opened.database;
    match what {
        Set::Policy { file, whose, from, check } => {
            let (mut tx, county, school) = find(database, &whose).await?;
            let Some(file) = file else {
                let settings = super::Settings::load(&mut tx, county, local_date(Utc::now())).await?;
                return print(&settings.policy(school)?);
            };
            let own = own_policy(&mut tx, county, school).await?;
            let (next, changes) = laid_over(&own, read(&file)?)?;
            said(&changes);
            if check || changes.is_empty() {
                return Ok(());
            }
            let from = from.unwrap_or_else(|| local_date(Utc::now()));
            sqlx::query(
                "INSERT INTO policy (county, school, version, valid_from, body)
                 SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4 FROM policy
                 WHERE county = $1 AND school IS NOT DISTINCT FROM $2",
            )
            .bind(county.0)
            .bind(school.map(|school| school.0))
            .bind(from)
            .bind(Json(next))
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            println!("in force from {from}; what is owed follows it tonight, or with `qiaomen nightly`");
            Ok(())
        }
        Set::Calendar { file, whose, check } => {
            let (mut tx, county, school) = find(database, &whose).await?;
            let Some(file) = file else {
                let settings = super::Settings::load(&mut tx, county, local_date(Utc::now())).await?;
                return print(&settings.calendar(school)?);
            };
            let calendar: Calendar = serde_json::from_value(read(&file)?)
                .map_err(|e| wrong(format!("{}: {e}", file.display())))?;
            if let Some(why) = calendar.wrong() {
                return Err(wrong(why));
            }
            if !check {
                sqlx::query(
                    "INSERT INTO calendar (county, school, body) VALUES ($1, $2, $3)
                     ON CONFLICT ON CONSTRAINT calendar_is_one DO UPDATE SET body = excluded.body",
                )
                .bind(county.0)
                .bind(school.map(|school| school.0))
                .bind(Json(&calendar))
                .execute(&mut *tx)
                .await?;
                tx.commit().await?;
            }
            let Calendar { terms, holidays, makeup_days } = calendar;
            println!(
                "{} terms, {} holidays, {} make-up days",
                terms.len(),
                holidays.len(),
                makeup_days.len()
            );
            Ok(())
        }
        Set::School { school, name, phone, township } => {
            let whose = Whose { county: None, school: Some(school) };
            let (mut tx, county, school) = find(database, &whose).await?;
            let township = match township {
                Some(name) => Some(township_of(&mut tx, county, &name).await?),
                None => None,
            };
            let set: (String, String, Option<String>) = sqlx::query_as(
                "UPDATE school SET name = coalesce($3, name), phone = coalesce($4, phone),
                   township = coalesce($5, township) WHERE county = $1 AND id = $2
                 RETURNING name, phone,
                   (SELECT t.name FROM township t WHERE t.county = $1 AND t.id = school.township)",
            )
            .bind(county.0)
            .bind(school.map(|school| school.0))
            .bind(name)
            .bind(phone)
            .bind(township)
            .fetch_one(&mut *tx)
            .await?;
            tx.commit().await?;
            println!("{}\t{}\t{}", set.0, set.1, set.2.unwrap_or_default());
            Ok(())
        }
    }
}

fn wrong(why: impl Into<String>) -> Error {
    Error::Internal(why.into())
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn shape(error: serde_json::Error) -> Error {
    wrong(error.to_string())
}

fn read(file: &Path) -> Result<Value> {
    let text = std::fs::read(file).map_err(|e| wrong(format!("{}: {e}", file.display())))?;
    serde_json::from_slice(&text).map_err(|e| wrong(format!("{}: {e}", file.display())))
}

fn print(value: &impl serde::Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(value).map_err(shape)?);
    Ok(())
}

/// `village_confirm_days: 3 → 5`
fn said(changes: &[(String, Value, Value)]) {
    if changes.is_empty() {
        println!("nothing differs");
    }
    for (key, from, to) in changes {
        println!("{key}: {from} → {to}");
    }
}

async fn find(database: &Database, whose: &Whose) -> Result<(Transaction, CountyId, Option<SchoolId>)> {
    for county in counties(database).await? {
        let mut tx = database.registrar(county).await?;
        let Some(code) = &whose.school else {
            if whose.county.as_deref().is_some_and(|region| CountyId::of(region) == county) {
                return Ok((tx, county, None));
            }
            continue;
        };
        let school: Option<Uuid> =
            sqlx::query_scalar("SELECT id FROM school WHERE county = $1 AND code = $2")
                .bind(county.0)
                .bind(code)
                .fetch_optional(&mut *tx)
                .await?;
        if let Some(school) = school {
            return Ok((tx, county, Some(SchoolId(school))));
        }
    }
    Err(wrong("no such county or school in this database"))
}

async fn township_of(tx: &mut Transaction, county: CountyId, name: &str) -> Result<Uuid> {
    let known: Vec<(Uuid, String)> =
        sqlx::query_as("SELECT id, name FROM township WHERE county = $1 ORDER BY name")
            .bind(county.0)
            .fetch_all(&mut **tx)
            .await?;
    let names = known.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
    let found = known.iter().find(|(_, known)| known == name);
    found.map(|(id, _)| *id).ok_or_else(|| wrong(format!("no township {name}; there are: {names}")))
}

/// The newest values of a county or school itself, also those not yet in force: what is set next is laid
/// over them.
async fn own_policy(
    tx: &mut Transaction,
    county: CountyId,
    school: Option<SchoolId>,
) -> Result<Map<String, Value>> {
    let body: Option<Json<Map<String, Value>>> = sqlx::query_scalar(
        "SELECT body FROM policy WHERE county = $1 AND school IS NOT DISTINCT FROM $2
         ORDER BY valid_from DESC, version DESC LIMIT 1",
    )
    .bind(county.0)
    .bind(school.map(|school| school.0))
    .fetch_optional(&mut **tx)
    .await?;
    Ok(body.map(|Json(body)| body).unwrap_or_default())
}

/// Keys, what was there, what is there now.
type Change = (String, Value, Value);

/// The values with those of the file over them, and what changes by that.
fn laid_over(own: &Map<String, Value>, file: Value) -> Result<(Map<String, Value>, Vec<Change>)> {
    let Value::Object(file) = file else { return Err(wrong("the file holds no JSON object")) };
    let known = json!(Policy::default());
    let mut next = own.clone();
    next.remove("version");
    let mut changes = Vec::new();
    for (key, value) in file {
        if key == "version" || known.get(&key).is_none() {
            let keys = known.as_object().into_iter().flat_map(Map::keys).filter(|key| *key != "version");
            let keys = keys.map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(wrong(format!("{key}: no such setting; there are: {keys}")));
        }
        if !value.is_null() {
            Policy::layered(&json!({ key.as_str(): value }), &json!({}))
                .map_err(|e| wrong(format!("{key}: {e}")))?;
        }
        let before = next.get(&key).cloned().unwrap_or_default();
        if before == value {
            continue;
        }
        match &value {
            Value::Null => drop(next.remove(&key)),
            value => drop(next.insert(key.clone(), value.clone())),
        }
        changes.push((key, before, value));
    }
    Ok((next, changes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::a_value(json!({"village_confirm_days": 5}), json!({"village_confirm_days": 5, "visits_per_term": 2}))]
    #[case::the_same(json!({"visits_per_term": 2}), json!({"visits_per_term": 2}))]
    #[case::taken_back(json!({"visits_per_term": null}), json!({}))]
    fn lays_a_file_over_what_is_there(#[case] file: Value, #[case] expect: Value) {
        let own = json!({"visits_per_term": 2, "version": 3}).as_object().cloned().unwrap();
        let (next, changes) = laid_over(&own, file.clone()).unwrap();
        assert_eq!(Value::Object(next), expect);
        assert_eq!(changes.is_empty(), file == json!({"visits_per_term": 2}));
    }

    #[rstest]
    #[case::unknown(json!({"vilage_confirm_days": 5}), "vilage_confirm_days: no such setting")]
    #[case::shape(json!({"village_confirm_days": "five"}), "village_confirm_days: invalid type")]
    #[case::below_zero(json!({"village_confirm_days": -1}), "village_confirm_days: invalid value")]
    #[case::strength(json!({"confirmation_min_strength": "NONE"}), "confirmation_min_strength: ")]
    #[case::version(json!({"version": 9}), "version: no such setting")]
    #[case::list(json!([]), "no JSON object")]
    fn says_what_is_wrong(#[case] file: Value, #[case] expect: &str) {
        let said = laid_over(&Map::new(), file).unwrap_err().to_string();
        assert!(said.contains(expect), "{said}");
    }
}
