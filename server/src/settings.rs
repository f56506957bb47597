//! Policies and calendars in force (政策、校历): the county's, and over them each school's own. One reading of
//! them for what the server derives and for what phones and desks are told.

pub mod command;

pub use command::{Set, run};

use crate::error::{Error, Result};
use chrono::NaiveDate;
use domain::calendar::Calendar;
use domain::ids::{CountyId, SchoolId};
use domain::policy::Policy;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;
use uuid::Uuid;

/// The settings of a county on a day.
#[derive(Debug)]
pub struct Settings {
    policies: Layers,
    calendars: Layers,
}

/// A county's value and its schools' own.
#[derive(Debug)]
struct Layers {
    county: Value,
    schools: HashMap<Uuid, Value>,
}

impl Settings {
    /// Reads them. Of several policies in force the one that came into force last holds, and of those of
    /// one day the newest. The version named is the county's, also where a school's own lies over it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn load(tx: &mut PgConnection, county: CountyId, today: NaiveDate) -> Result<Self> {
        let policies = sqlx::query_as(
            "SELECT DISTINCT ON (school) school,
               CASE WHEN school IS NULL THEN body || jsonb_build_object('version', version)
                    ELSE body - 'version' END
             FROM policy WHERE county = $1 AND valid_from <= $2
             ORDER BY school, valid_from DESC, version DESC",
        )
        .bind(county.0)
        .bind(today)
        .fetch_all(&mut *tx)
        .await?;
        let calendars = sqlx::query_as("SELECT school, body FROM calendar WHERE county = $1")
            .bind(county.0)
            .fetch_all(tx)
            .await?;
        Ok(Self { policies: Layers::new(policies), calendars: Layers::new(calendars) })
    }

    /// The policy at a school, or the county's.
    ///
    /// # Errors
    /// It is not in the shape of one.
    pub fn policy(&self, school: Option<SchoolId>) -> Result<Policy> {
        let none = Value::Object(serde_json::Map::new());
        let own = self.policies.own(school).unwrap_or(&none);
        Policy::layered(&self.policies.county, own).map_err(|e| Error::Internal(format!("policy: {e}")))
    }

    /// The calendar at a school, or the county's; a school's own stands instead of the county's, whole.
    ///
    /// # Errors
    /// It is not in the shape of one.
    pub fn calendar(&self, school: Option<SchoolId>) -> Result<Calendar> {
        let body = self.calendars.own(school).unwrap_or(&self.calendars.county);
        if body.as_object().is_some_and(serde_json::Map::is_empty) {
            return Ok(Calendar::default());
        }
        serde_json::from_value(body.clone()).map_err(|e| Error::Internal(format!("calendar: {e}")))
    }
}

impl Layers {
    fn new(rows: Vec<(Option<Uuid>, Json<Value>)>) -> Self {
        let mut layers = Self { county: Value::Object(serde_json::Map::new()), schools: HashMap::new() };
        for (school, Json(body)) in rows {
            match school {
                Some(school) => drop(layers.schools.insert(school, body)),
                None => layers.county = body,
            }
        }
        layers
    }

    fn own(&self, school: Option<SchoolId>) -> Option<&Value> {
        self.schools.get(&school?.0)
    }
}
