//! A staff list: accounts with one-time passwords, roles in their places, villages with their cadres.
//! Whoever is there already keeps account and password; roles are only added, and what somebody no
//! longer is, the office takes away by name.

mod list;
mod slips;

use super::file::Unreadable;
use super::places::{Ground, NewSchool};
use super::report::Item;
use crate::account::{self, NewAccount, Secured, by_phone};
use crate::database::{Database, Transaction};
use crate::error::{Error, Result};
use chrono::NaiveDate;
use domain::actor::{Grant, Role, Scope, YearOfStage};
use domain::calendar::school_year;
use domain::directory::{Class, Village};
use domain::ids::{CountyId, TownshipId, UserId, VillageId};
use domain::roster::{Around, Sheet, class_named, grade_named};
use domain::vocabulary::{SchoolKind, Stage};
use list::{PersonRow, StaffList};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

pub use slips::page;

/// What came of a staff list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StaffReport {
    /// Accounts made, each with the password on its slip.
    pub slips: Vec<Slip>,
    /// People who had an account already.
    pub known: usize,
    /// Villages of the list.
    pub villages: usize,
    /// Classes made for their teachers.
    pub new_classes: Vec<String>,
    /// Rows not taken, with what to do.
    pub refused: Vec<Item>,
}

/// 账号条: what a person is handed on paper.
#[derive(Clone, Debug, Serialize)]
pub struct Slip {
    /// 姓名
    pub name: String,
    /// The number to sign in with.
    pub phone: String,
    /// 一次性密码
    pub password: String,
    /// 班主任、村支书 …
    pub posts: String,
}

/// Somebody of the list, with everything the list says they are.
struct Wanted {
    row: u32,
    name: String,
    grants: Vec<Grant>,
    posts: Vec<String>,
}

/// Reads a staff list in.
///
/// # Errors
/// No such school; the database says no: then nothing was written.
pub async fn import(
    database: &Database,
    code: &str,
    sheets: &[Sheet],
    new_school: &NewSchool,
    township: Option<&str>,
    today: NaiveDate,
) -> Result<std::result::Result<StaffReport, Unreadable>> {
    let mut list = list::read(sheets);
    if !list.found {
        return Ok(Err(Unreadable::NoStaff));
    }
    let ground = ground(database, code, new_school, &list).await?;
    let villages = villages(&ground, &list, township);
    let (people, classes) = wanted(&ground, &mut list, &villages, today);

    // Hashing takes long, so it is done before the transaction that writes.
    let known = known(database, ground.county, &people).await?;
    let mut report = StaffReport { villages: villages.len(), ..StaffReport::default() };
    let mut fresh = Vec::new();
    for (phone, person) in people {
        match known.get(&phone) {
            Some((_, name)) if *name != person.name => {
                let masked = domain::phone::masked(&phone);
                let message = format!("第 {} 行 手机 {masked} 已经是 {name} 的账号。请核对。", person.row);
                list.refuse(person.row, "手机", "PHONE_TAKEN", message);
            }
            Some((user, _)) => fresh.push((*user, person, None)),
            None => {
                let (password, secured) = account::one_time().await?;
                let slip = Slip {
                    name: person.name.clone(),
                    phone: phone.clone(),
                    password,
                    posts: person.posts.join("、"),
                };
                fresh.push((UserId(Uuid::now_v7()), person, Some((slip, secured))));
            }
        }
    }
    let mut tx = database.registrar(ground.county).await?;
    ground.found(&mut tx, new_school, &classes, today).await?;
    write_villages(&mut tx, ground.county, &villages).await?;
    for (user, person, new) in fresh {
        match new {
            Some((slip, secured)) => {
                make(&mut tx, ground.county, user, &slip, secured).await?;
                report.slips.push(slip);
            }
            None => report.known += 1,
        }
        for grant in &person.grants {
            account::grant(&mut tx, ground.county, user, grant).await?;
        }
    }
    tx.commit().await?;
    report.new_classes = classes.iter().map(Class::code).collect();
    report.refused = list.refused;
    report.refused.sort_by_key(|item| item.row);
    Ok(Ok(report))
}

async fn make(
    tx: &mut Transaction,
    county: CountyId,
    id: UserId,
    slip: &Slip,
    secured: Secured,
) -> Result<()> {
    let new = NewAccount { id, name: slip.name.clone(), phone: slip.phone.clone(), secured };
    account::create(tx, county, &new).await.map_err(|error| match error {
        Error::Problem(_) => {
            let masked = domain::phone::masked(&slip.phone);
            Error::Internal(format!("手机 {masked} 在别的县已经有账号；什么都没有写"))
        }
        error => error,
    })
}

/// The school; one that is not there yet needs a name, or villages of the region its code begins with.
async fn ground(database: &Database, code: &str, new_school: &NewSchool, list: &StaffList) -> Result<Ground> {
    if let Some(ground) = Ground::find(database, code).await? {
        return Ok(ground);
    }
    let region = code.get(..6).unwrap_or(code);
    let same_region = list.villages.iter().any(|village| village.code.starts_with(region));
    if !same_region && new_school.school_name.is_none() {
        return Err(Error::Internal(format!(
            "库里没有学校 {code}。请核对 --school；新学校请加 --school-name 名称"
        )));
    }
    let mut ground = Ground::planned(database, code, new_school).await?;
    let grades = list.people.iter().flat_map(|p| &p.places).filter_map(|place| grade_named(place));
    let (primary, junior): (Vec<_>, Vec<_>) = grades.partition(|grade| *grade <= 6);
    ground.school.kind = match (primary.is_empty(), junior.is_empty()) {
        (false, true) => SchoolKind::Primary,
        (true, false) => SchoolKind::Junior,
        _ => SchoolKind::NineYear,
    };
    Ok(ground)
}

fn villages(ground: &Ground, list: &StaffList, township: Option<&str>) -> Vec<Village> {
    let village = |row: &list::VillageRow| {
        let region = row.code.get(..9).unwrap_or(&row.code);
        let id = TownshipId::of(ground.county, region);
        let known = ground.villages.iter().find(|village| village.code == row.code);
        // Another source may have named the township after something else than its code.
        let township = known.map_or((id, township.unwrap_or(region)), |v| (v.township, &v.township_name));
        Village {
            id: known.map_or_else(|| VillageId::of(ground.county, &row.code), |village| village.id),
            code: row.code.clone(),
            name: row.name.clone(),
            township: township.0,
            township_name: township.1.to_owned(),
        }
    };
    list.villages.iter().map(village).collect()
}

async fn write_villages(tx: &mut Transaction, county: CountyId, villages: &[Village]) -> Result<()> {
    for village in villages {
        sqlx::query("INSERT INTO township (county, id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(county.0)
            .bind(village.township.0)
            .bind(&village.township_name)
            .execute(&mut **tx)
            .await?;
        sqlx::query(
            "INSERT INTO village AS v (county, id, code, name, township) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (county, id) DO UPDATE SET name = excluded.name WHERE v.name <> excluded.name",
        )
        .bind(county.0)
        .bind(village.id.0)
        .bind(&village.code)
        .bind(&village.name)
        .bind(village.township.0)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Everybody by telephone number, and the classes that must be made for their teachers.
fn wanted(
    ground: &Ground,
    list: &mut StaffList,
    villages: &[Village],
    today: NaiveDate,
) -> (BTreeMap<String, Wanted>, Vec<Class>) {
    let mut people: BTreeMap<String, Wanted> = BTreeMap::new();
    let mut classes: Vec<Class> = Vec::new();
    for row in std::mem::take(&mut list.people) {
        let grants = match grants(ground, &row, today, &mut classes) {
            Ok(grants) => grants,
            Err((code, message)) => {
                list.refuse(row.row, "任教班级", code, message);
                continue;
            }
        };
        let posts = row.roles.iter().map(|role| role.term().to_owned()).collect();
        want(&mut people, list, row.row, (&row.name, row.phone), grants, posts);
    }
    for (row, village) in std::mem::take(&mut list.villages).iter().zip(villages) {
        for (role, name, phone) in &row.cadres {
            let scope = Scope::Village(village.id);
            let grant = Grant { role: Role::Cadre, scope, cadre: Some(role.clone()) };
            let post = format!("{}{}", row.name, role.term());
            want(&mut people, list, row.row, (name, phone.clone()), vec![grant], vec![post]);
        }
    }
    (people, classes)
}

fn want(
    people: &mut BTreeMap<String, Wanted>,
    list: &mut StaffList,
    row: u32,
    (name, phone): (&str, String),
    grants: Vec<Grant>,
    posts: Vec<String>,
) {
    let first = people.entry(phone).or_insert_with(|| Wanted {
        row,
        name: name.to_owned(),
        grants: Vec::new(),
        posts: Vec::new(),
    });
    if first.name != name {
        let message = format!("第 {row} 行的手机和第 {} 行 {} 的一样。请核对。", first.row, first.name);
        return list.refuse(row, "手机", "DUP_PHONE", message);
    }
    first.grants.extend(grants);
    first.posts.extend(posts);
}

/// What the words of a row grant, or what to mend.
fn grants(
    ground: &Ground,
    row: &PersonRow,
    today: NaiveDate,
    made: &mut Vec<Class>,
) -> std::result::Result<Vec<Grant>, (&'static str, String)> {
    let known: Vec<Class> = ground.classes.iter().chain(made.iter()).cloned().collect();
    let around = Around { school: &ground.school, code: &ground.code, classes: &known, villages: &[], today };
    let at = row.row;
    let mut scopes = Vec::new();
    for role in &row.roles {
        match role {
            Role::ClassTeacher | Role::SubjectTeacher => {
                if row.places.is_empty() {
                    return Err(("CLASS_UNKNOWN", format!("第 {at} 行没有任教班级。请写成 202603 这样。")));
                }
                for place in &row.places {
                    let Some(class) = class_named(place, &around) else {
                        let message = format!(
                            "第 {at} 行 任教班级“{place}”学校里没有。请写成 202603 这样，或已有的班。"
                        );
                        return Err(("CLASS_UNKNOWN", message));
                    };
                    scopes.push((*role, Scope::Class(class.id)));
                    if !known.iter().chain(made.iter()).any(|c| c.id == class.id) {
                        made.push(class);
                    }
                }
            }
            Role::GradeHead => {
                let grades: Vec<i32> = row.places.iter().filter_map(|place| grade_named(place)).collect();
                if grades.is_empty() {
                    return Err(("GRADE_UNKNOWN", format!("第 {at} 行没写哪个年级。请写成 7年级 这样。")));
                }
                scopes.extend(grades.into_iter().map(|grade| (*role, grade_scope(ground, grade, today))));
            }
            _ => scopes.push((*role, Scope::School(ground.school.id))),
        }
    }
    Ok(scopes.into_iter().map(|(role, scope)| Grant { role, scope, cadre: None }).collect())
}

fn grade_scope(ground: &Ground, grade: i32, today: NaiveDate) -> Scope {
    let (stage, first) = if grade > 6 { (Stage::Junior, 7) } else { (Stage::Primary, 1) };
    Scope::Grade(ground.school.id, YearOfStage::new(&stage, school_year(today) - (grade - first)))
}

/// Who of them signs in already, by telephone number.
async fn known(
    database: &Database,
    county: CountyId,
    people: &BTreeMap<String, Wanted>,
) -> Result<BTreeMap<String, (UserId, String)>> {
    let mut tx = database.registrar(county).await?;
    let mut known = BTreeMap::new();
    for phone in people.keys() {
        if let Some(user) = by_phone(&mut tx, county, phone).await? {
            let name: String = sqlx::query_scalar("SELECT name FROM account WHERE county = $1 AND id = $2")
                .bind(county.0)
                .bind(user.0)
                .fetch_one(&mut *tx)
                .await?;
            known.insert(phone.clone(), (user, name));
        }
    }
    Ok(known)
}
