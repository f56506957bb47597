//! The others of a child's household, as stubs beside the child (ux 5.6): a given name and a grade, no
//! state, no phone. Kept beside each member, because a teacher may read the stub and not the child.

use super::surroundings::Surroundings;
use crate::error::{Error, Result};
use domain::directory::given_name;
use domain::ids::{ClassId, SchoolId, StudentId};
use domain::sync::wire::Sibling;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A stub as it is kept; whether it is of the reader's own school is said when it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stub {
    student: StudentId,
    name: String,
    class: String,
    school: SchoolId,
}

impl Stub {
    /// As it is read by somebody of these schools.
    pub(crate) fn seen_from(self, schools: &BTreeSet<SchoolId>) -> Sibling {
        Sibling {
            student: self.student,
            name: self.name,
            class: self.class,
            own_school: schools.contains(&self.school),
        }
    }
}

type Member = (Uuid, Uuid, String, Uuid, Uuid, Json<Vec<Stub>>);

/// Makes the stubs of these households anew.
pub(super) async fn renew(
    tx: &mut PgConnection,
    around: &Surroundings,
    households: &BTreeSet<Uuid>,
) -> Result<()> {
    if households.is_empty() {
        return Ok(());
    }
    let members: Vec<Member> = sqlx::query_as(
        "SELECT id, household, name, class, school, siblings FROM student
         WHERE county = $1 AND household = ANY($2) ORDER BY id",
    )
    .bind(around.county.0)
    .bind(households.iter().copied().collect::<Vec<_>>())
    .fetch_all(&mut *tx)
    .await?;
    let mut stubs: BTreeMap<Uuid, Vec<Stub>> = BTreeMap::new();
    for (id, household, name, class, school, _) in &members {
        let stub = Stub {
            student: StudentId(*id),
            name: given_name(name),
            class: label(around, ClassId(*class)),
            school: SchoolId(*school),
        };
        stubs.entry(*household).or_default().push(stub);
    }
    let (mut ids, mut now) = (Vec::new(), Vec::new());
    for (id, household, _, _, _, Json(before)) in members {
        let of_house = stubs.get(&household).into_iter().flatten();
        let others: Vec<_> = of_house.filter(|stub| stub.student.0 != id).cloned().collect();
        if others != before {
            ids.push(id);
            now.push(serde_json::to_string(&others).map_err(|e| Error::Internal(e.to_string()))?);
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE student s SET siblings = n.siblings::jsonb
         FROM unnest($2::uuid[], $3::text[]) AS n (id, siblings) WHERE s.county = $1 AND s.id = n.id",
    )
    .bind(around.county.0)
    .bind(ids)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// 示例小学三年级
fn label(around: &Surroundings, class: ClassId) -> String {
    let Some(class) = around.class(class) else { return String::new() };
    let school = around.at(class.school).directory.school(class.school);
    let school = school.map(|s| s.name.as_str()).unwrap_or_default();
    format!("{school}{}", class.grade_label(around.today))
}
