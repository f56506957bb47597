//! A school as large as a county's: its children enrolled on the path that every entry takes, the
//! children of the demo again and again under new ids.

use crate::phone::Result;
use chrono::Utc;
use domain::actor::{Actor, Grant, Role, Scope};
use domain::calendar::{local_date, school_year};
use domain::directory::Class;
use domain::enrolment::Enrolment;
use domain::entry::{Body, Subject};
use domain::fixtures::{COUNTY, County, PASSWORD, Size};
use domain::ids::{ClassId, CountyId, EntryId, HouseholdId, SchoolId, StudentId, UserId, WriterId, derived};
use domain::sync::NewEntry;
use domain::vocabulary::{EnrolmentStatus, Stage};
use server::account::{self, NewAccount, Secured};
use server::config::{Opened, Where};
use server::database::Transaction;
use server::password;
use server::sync::{Author, Surroundings, record};
use sqlx::types::Json;

/// Class teachers, each with a sixteenth of the children.
pub(crate) const TEACHERS: u16 = 16;

/// Whom to sign in as: teachers count from 1, 0 is the principal, who has all children.
pub(crate) fn phone(n: u16) -> String {
    format!("144000090{n:02}")
}

fn user(n: u16) -> UserId {
    UserId(derived(CountyId::of(COUNTY).0, &format!("load/{n}")))
}

pub(crate) fn class(n: u16) -> Class {
    let school = SchoolId::of(CountyId::of(COUNTY), "9901010299");
    Class {
        id: ClassId(derived(school.0, &format!("class/{n}"))),
        school,
        stage: Stage::Junior,
        entry_year: school_year(local_date(Utc::now())),
        number: n,
    }
}

/// The children of a class, of so many in the school.
pub(crate) fn children(n: u16, of: u32) -> impl Iterator<Item = StudentId> {
    let teachers = u32::from(TEACHERS);
    let of_class = move |child: &u32| child % teachers == u32::from(n) - 1;
    (0..of)
        .filter(of_class)
        .map(|child| StudentId(derived(CountyId::of(COUNTY).0, &format!("load/child/{child}"))))
}

/// Fills an empty database.
pub(crate) async fn fill(opened: &Opened, count: u32) -> Result<()> {
    let county = County::on(local_date(Utc::now()), Size::School);
    let password = password::hash(PASSWORD.into()).await?;
    let mut tx = opened.database.registrar(county.id).await?;
    places(&mut tx, &county).await?;
    let mut people =
        vec![(0, Grant { role: Role::Principal, scope: Scope::School(class(1).school), cadre: None })];
    people.extend(
        (1..=TEACHERS)
            .map(|n| (n, Grant { role: Role::ClassTeacher, scope: Scope::Class(class(n).id), cadre: None })),
    );
    for (n, grant) in &people {
        let secured = Secured::Own(password.clone());
        let new = NewAccount { id: user(*n), name: format!("示例{n}"), phone: phone(*n), secured };
        account::create(&mut tx, county.id, &new).await?;
        account::grant(&mut tx, county.id, user(*n), grant).await?;
    }
    tx.commit().await?;

    let office = Grant { role: Role::Office, scope: Scope::School(class(1).school), cadre: None };
    let actor = Actor {
        user: user(0),
        county: county.id,
        name: "名册".into(),
        phone: String::new(),
        grants: vec![office],
    };
    let author = Author { actor, signed_in: true, cursor: None };
    let writer = WriterId(derived(county.id.0, "load/roster"));
    let now = Utc::now();
    for n in 1..=TEACHERS {
        let mut entries = Vec::new();
        for ((id, template), number) in children(n, count).zip(county.pupils.iter().cycle()).zip(1..) {
            let class = class(n);
            let mut basics = template.basics.clone();
            (basics.school, basics.class, basics.class_no) = (class.school, class.id, Some(number));
            // The same child again is of another house.
            let copy = usize::from(number) / county.pupils.len();
            let house = |id: HouseholdId| HouseholdId(derived(id.0, &format!("load/{n}/{copy}")));
            basics.household = basics.household.map(house);
            let since = local_date(now) - chrono::Days::new(30);
            let body =
                Body::Enrolment(Enrolment { status: EnrolmentStatus::Active, since, basics: Some(basics) });
            let subject = Subject::Student(id);
            let entry = EntryId(derived(id.0, "enrolment"));
            let new =
                NewEntry { id: entry, subject, knock: None, supersedes: None, body, label: String::new() };
            entries.push((now, new));
        }
        let mut tx = opened.database.applier(county.id, user(0)).await?;
        let around = Surroundings::load(&mut tx, county.id, local_date(now)).await?;
        record(&mut tx, &around, &author, writer, entries).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn places(tx: &mut Transaction, county: &County) -> Result<()> {
    let (id, (township, township_name)) = (county.id.0, county.township);
    let insert = sqlx::query("INSERT INTO county (id, name) VALUES ($1, $2)");
    insert.bind(id).bind(county.name).execute(&mut **tx).await?;
    let insert = sqlx::query("INSERT INTO township (county, id, name) VALUES ($1, $2, $3)");
    insert.bind(id).bind(township.0).bind(township_name).execute(&mut **tx).await?;
    for village in &county.villages {
        let insert = "INSERT INTO village (county, id, code, name, township) VALUES ($1, $2, $3, $4, $5)";
        let insert = sqlx::query(insert).bind(id).bind(village.id.0).bind(&village.code).bind(&village.name);
        insert.bind(township.0).execute(&mut **tx).await?;
    }
    let insert = "INSERT INTO school (county, id, code, name, kind, township) VALUES ($1, $2, '9901010299', '示例大学校', 'JUNIOR', $3)";
    sqlx::query(insert).bind(id).bind(class(1).school.0).bind(township.0).execute(&mut **tx).await?;
    for class in (1..=TEACHERS).map(class) {
        let insert = "INSERT INTO class (county, id, school, stage, entry_year, number) VALUES ($1, $2, $3, $4, $5, $6)";
        let insert =
            sqlx::query(insert).bind(id).bind(class.id.0).bind(class.school.0).bind(class.stage.code());
        insert.bind(class.entry_year).bind(i32::from(class.number)).execute(&mut **tx).await?;
    }
    let insert = sqlx::query(
        "INSERT INTO policy (county, version, valid_from, body) VALUES ($1, 1, '2020-09-01', $2)",
    );
    insert.bind(id).bind(Json(&county.policy)).execute(&mut **tx).await?;
    let insert = sqlx::query("INSERT INTO calendar (county, body) VALUES ($1, $2)");
    insert.bind(id).bind(Json(&county.calendar)).execute(&mut **tx).await?;
    Ok(())
}

/// Opens the data folder, fills it, and closes it again.
pub(crate) fn fill_folder(data: std::path::PathBuf, count: u32) -> Result<()> {
    let place = Where { data: Some(data), connections: 4, ..Where::default() };
    let cluster = place.begin_cluster(true)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let opened = place.open(cluster).await?;
        let filled = fill(&opened, count).await;
        opened.close().await?;
        filled
    })
}
