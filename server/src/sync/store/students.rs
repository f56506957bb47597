//! Where children stand, and which places cover them.

use super::json;
use crate::error::Result;
use crate::sync::batch::File;
use crate::sync::follow::Following;
use crate::sync::initials::initials;
use crate::sync::surroundings::Surroundings;
use domain::ids::StudentId;
use domain::student::FOLD_VERSION;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) async fn stand(
    tx: &mut PgConnection,
    around: &Surroundings,
    files: &BTreeMap<StudentId, File>,
    changed: &[StudentId],
) -> Result<()> {
    columns! {
        id: Uuid, school: Uuid, class: Uuid, grade: Uuid, village: Option<Uuid>, township: Option<Uuid>,
        household: Option<Uuid>, open: bool, name: String, initials: String, roll_no: Option<String>,
        state: String,
    }
    let (mut new, mut known) = (Columns::default(), Columns::default());
    for id in changed {
        let Some(file) = files.get(id) else { continue };
        let Some(basics) = &file.state.basics else { continue };
        let c = if file.stored.is_some() { &mut known } else { &mut new };
        c.id.push(id.0);
        c.school.push(basics.school.0);
        c.class.push(basics.class.0);
        c.grade.push(around.grade(basics.class));
        c.village.push(basics.village.map(|v| v.0));
        c.township.push(around.township(basics).map(|t| t.0));
        c.household.push(basics.household.map(|h| h.0));
        c.open.push(file.state.is_open(&around.at(basics.school).policy));
        c.name.push(basics.name.clone());
        c.initials.push(initials(&basics.name));
        c.roll_no.push(basics.roll_no.clone());
        c.state.push(json(&file.state)?);
    }
    let insert = "INSERT INTO student (county, fold_version, id, school, class, grade, village, township,
           household, open, name, initials, roll_no, state)
         SELECT $1, $2, id, school, class, grade, village, township, household, open, name, initials,
           roll_no, state::jsonb
         FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[],
           $10::bool[], $11::text[], $12::text[], $13::text[], $14::text[])
           AS n (id, school, class, grade, village, township, household, open, name, initials, roll_no, state)";
    let update =
        "UPDATE student s SET fold_version = $2, school = n.school, class = n.class, grade = n.grade,
           village = n.village, township = n.township, household = n.household, open = n.open, name = n.name,
           initials = n.initials, roll_no = n.roll_no, state = n.state::jsonb,
           siblings = CASE WHEN s.household IS DISTINCT FROM n.household THEN '[]' ELSE s.siblings END
         FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[],
           $10::bool[], $11::text[], $12::text[], $13::text[], $14::text[])
           AS n (id, school, class, grade, village, township, household, open, name, initials, roll_no, state)
         WHERE s.county = $1 AND s.id = n.id";
    for (statement, c) in [(insert, new), (update, known)] {
        if c.id.is_empty() {
            continue;
        }
        sqlx::query(statement)
            .bind(around.county.0)
            .bind(FOLD_VERSION)
            .bind(c.id)
            .bind(c.school)
            .bind(c.class)
            .bind(c.grade)
            .bind(c.village)
            .bind(c.township)
            .bind(c.household)
            .bind(c.open)
            .bind(c.name)
            .bind(c.initials)
            .bind(c.roll_no)
            .bind(c.state)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

pub(super) async fn access(tx: &mut PgConnection, county: Uuid, following: &Following) -> Result<()> {
    if !following.covered.is_empty() {
        let (scopes, students): (Vec<_>, Vec<_>) = following.covered.iter().map(|(s, id)| (*s, id.0)).unzip();
        sqlx::query(
            "INSERT INTO access AS a (county, scope, student)
             SELECT $1, * FROM unnest($2::uuid[], $3::uuid[])
             ON CONFLICT (scope, student) DO UPDATE SET gone = false WHERE a.gone",
        )
        .bind(county)
        .bind(scopes)
        .bind(students)
        .execute(&mut *tx)
        .await?;
    }
    if !following.uncovered.is_empty() {
        let (scopes, students): (Vec<_>, Vec<_>) =
            following.uncovered.iter().map(|(s, id)| (*s, id.0)).unzip();
        sqlx::query(
            "UPDATE access a SET gone = true FROM unnest($2::uuid[], $3::uuid[]) AS n (scope, student)
             WHERE a.county = $1 AND a.scope = n.scope AND a.student = n.student AND NOT a.named AND NOT a.gone",
        )
        .bind(county)
        .bind(scopes)
        .bind(students)
        .execute(tx)
        .await?;
    }
    Ok(())
}
