//! A small invented county: two schools, three classes, two villages, and one person of every role.

use domain::actor::{Actor, Grant, Role, Scope, YearOfStage};
use domain::ids::{ClassId, CountyId, SchoolId, TownshipId, UserId, VillageId, derived};
use domain::vocabulary::{CadreRole, Stage};
use server::account::{self, NewAccount, Secured};
use server::database::Database;
use server::password;

/// Everybody's.
pub const PASSWORD: &str = "石榴树下有一只猫";

/// 科任教师 of 七年级3班
pub const SUBJECT_TEACHER: &str = "14400000001";
/// 班主任 of 七年级3班
pub const TEACHER: &str = "14400000002";
/// 班主任 of 七年级4班, of the same school
pub const OTHER_TEACHER: &str = "14400000003";
/// 班主任 of the primary school's class
pub const PRIMARY_TEACHER: &str = "14400000004";
/// 年级主任
pub const GRADE_HEAD: &str = "14400000005";
/// 教导处
pub const OFFICE: &str = "14400000006";
/// 校长
pub const PRINCIPAL: &str = "14400000007";
/// 村支书 of 五村
pub const CADRE: &str = "14400000008";
/// 村主任 of 六村
pub const OTHER_CADRE: &str = "14400000009";
/// 乡镇
pub const TOWNSHIP_OFFICER: &str = "14400000010";
/// 县教育局
pub const COUNTY_OFFICER: &str = "14400000011";
/// 系统管理员 of the middle school
pub const ADMIN: &str = "14400000012";
/// 心理教师
pub const COUNSELLOR: &str = "14400000013";
/// 单独上报指定人
pub const DESIGNATED: &str = "14400000014";
/// 校长 of the primary school
pub const OTHER_PRINCIPAL: &str = "14400000015";

/// Everybody who signs in, with role and name.
pub const EVERYBODY: [(&str, Role, &str); 15] = [
    (SUBJECT_TEACHER, Role::SubjectTeacher, "古丽娜尔·示例"),
    (TEACHER, Role::ClassTeacher, "李示例"),
    (OTHER_TEACHER, Role::ClassTeacher, "王示例"),
    (PRIMARY_TEACHER, Role::ClassTeacher, "赵示例"),
    (GRADE_HEAD, Role::GradeHead, "陈示例"),
    (OFFICE, Role::Office, "马示例"),
    (PRINCIPAL, Role::Principal, "周示例"),
    (CADRE, Role::Cadre, "吐尔逊·示例"),
    (OTHER_CADRE, Role::Cadre, "买买提·示例"),
    (TOWNSHIP_OFFICER, Role::Township, "孙示例"),
    (COUNTY_OFFICER, Role::County, "吴示例"),
    (ADMIN, Role::Admin, "郑示例"),
    (COUNSELLOR, Role::Counsellor, "冯示例"),
    (DESIGNATED, Role::Designated, "杨示例"),
    (OTHER_PRINCIPAL, Role::Principal, "朱示例"),
];

pub fn county() -> CountyId {
    CountyId::of("990101")
}

pub fn township() -> TownshipId {
    TownshipId::of(county(), "990101100")
}

/// 五村
pub fn village() -> VillageId {
    VillageId::of(county(), "990101100205")
}

/// 六村
pub fn other_village() -> VillageId {
    VillageId::of(county(), "990101100206")
}

/// 示例中学
pub fn school() -> SchoolId {
    SchoolId::of(county(), "9901010001")
}

/// 示例小学
pub fn other_school() -> SchoolId {
    SchoolId::of(county(), "9901010002")
}

/// 七年级3班
pub fn class() -> ClassId {
    ClassId(derived(school().0, "class/202603"))
}

/// 七年级4班
pub fn other_class() -> ClassId {
    ClassId(derived(school().0, "class/202604"))
}

/// The primary school's 三年级1班
pub fn primary_class() -> ClassId {
    ClassId(derived(other_school().0, "class/202401"))
}

pub fn user(phone: &str) -> UserId {
    UserId(derived(county().0, &format!("account/{phone}")))
}

fn scope(phone: &str) -> Scope {
    match phone {
        SUBJECT_TEACHER | TEACHER => Scope::Class(class()),
        OTHER_TEACHER => Scope::Class(other_class()),
        PRIMARY_TEACHER => Scope::Class(primary_class()),
        GRADE_HEAD => Scope::Grade(school(), YearOfStage::new(&Stage::Junior, 2026)),
        CADRE => Scope::Village(village()),
        OTHER_CADRE => Scope::Village(other_village()),
        TOWNSHIP_OFFICER => Scope::Township(township()),
        COUNTY_OFFICER => Scope::County(county()),
        OTHER_PRINCIPAL => Scope::School(other_school()),
        _ => Scope::School(school()),
    }
}

pub fn grant(phone: &str) -> Grant {
    let role = EVERYBODY.iter().find(|(p, ..)| *p == phone).unwrap().1;
    let cadre = match phone {
        CADRE => Some(CadreRole::Secretary),
        OTHER_CADRE => Some(CadreRole::Head),
        _ => None,
    };
    Grant { role, scope: scope(phone), cadre }
}

/// The person as the server knows them.
pub fn actor(phone: &str) -> Actor {
    let name = EVERYBODY.iter().find(|(p, ..)| *p == phone).unwrap().2;
    Actor {
        user: user(phone),
        county: county(),
        name: name.into(),
        phone: phone.into(),
        grants: vec![grant(phone)],
    }
}

/// Writes it down.
pub async fn found(database: &Database) {
    let hash = password::hash(PASSWORD.into()).await.unwrap();
    let mut tx = database.registrar(county()).await.unwrap();
    let county_row = sqlx::query("INSERT INTO county (id, name) VALUES ($1, '示例县')");
    county_row.bind(county().0).execute(&mut *tx).await.unwrap();
    let township_row = sqlx::query("INSERT INTO township (county, id, name) VALUES ($1, $2, '示例镇')");
    township_row.bind(county().0).bind(township().0).execute(&mut *tx).await.unwrap();
    for (id, code, name) in [(village(), "990101100205", "五村"), (other_village(), "990101100206", "六村")]
    {
        sqlx::query("INSERT INTO village (county, id, code, name, township) VALUES ($1, $2, $3, $4, $5)")
            .bind(county().0)
            .bind(id.0)
            .bind(code)
            .bind(name)
            .bind(township().0)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    for (id, code, name, kind) in [
        (school(), "9901010001", "示例中学", "JUNIOR"),
        (other_school(), "9901010002", "示例小学", "PRIMARY"),
    ] {
        sqlx::query(
            "INSERT INTO school (county, id, code, name, kind, township) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(county().0)
        .bind(id.0)
        .bind(code)
        .bind(name)
        .bind(kind)
        .bind(township().0)
        .execute(&mut *tx)
        .await
        .unwrap();
    }
    for (id, at, stage, year, number) in [
        (class(), school(), "JUNIOR", 2026, 3),
        (other_class(), school(), "JUNIOR", 2026, 4),
        (primary_class(), other_school(), "PRIMARY", 2024, 1),
    ] {
        sqlx::query(
            "INSERT INTO class (county, id, school, stage, entry_year, number) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(county().0)
        .bind(id.0)
        .bind(at.0)
        .bind(stage)
        .bind(year)
        .bind(number)
        .execute(&mut *tx)
        .await
        .unwrap();
    }
    let calendar = serde_json::json!({
        "terms": [{"semester": "2026-2027-1", "starts_on": "2026-09-01", "ends_on": "2027-01-15"}]
    });
    let calendar_row = sqlx::query("INSERT INTO calendar (county, body) VALUES ($1, $2)");
    calendar_row.bind(county().0).bind(calendar).execute(&mut *tx).await.unwrap();
    for (phone, _, name) in EVERYBODY {
        let new = NewAccount {
            id: user(phone),
            name: name.into(),
            phone: phone.into(),
            secured: Secured::Own(hash.clone()),
        };
        account::create(&mut tx, county(), &new).await.unwrap();
        account::grant(&mut tx, county(), user(phone), &grant(phone)).await.unwrap();
    }
    tx.commit().await.unwrap();
}
