//! Fills an empty database with the demo county (`domain::fixtures`): its places and people as the
//! registrar keeps them, its school year on the path that every entry takes.

use crate::account::{self, NewAccount, Secured};
use crate::config::Opened;
use crate::database::{Database, Transaction, now_applier};
use crate::error::{Error, Result};
use crate::import::keep_ids;
use crate::password;
use crate::secret::Secret;
use crate::sync::{Author, Surroundings, record};
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use domain::actor::{Actor, Grant, Role, Scope};
use domain::calendar::{local_date, school_year};
use domain::fixtures::{self, County, Written};
use domain::id_number::IdNumber;
use domain::ids::{CountyId, StudentId, UserId};
use domain::sync::{Answer, NewEntry};
use sqlx::types::Json;
use std::collections::{BTreeMap, HashMap};

/// How much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Size {
    /// A village school and one class of the middle school: loads in a moment
    Village,
    /// The whole county of the demo: 563 children and a school year of visits
    School,
}

/// What to fill in.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Demo {
    /// How much
    #[arg(long, env = "QIAOMEN_SIZE", value_name = "SIZE", default_value = "school")]
    pub size: Size,
}

/// An account of the demo, as `serve` shows it.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// 班主任
    pub role: String,
    /// Invented name.
    pub name: String,
    /// Phone number to sign in with.
    pub phone: String,
    /// The password of all of them.
    pub password: String,
}

/// Fills the database, unless a county is in it. Says whether it did.
///
/// # Errors
/// The database says no.
pub async fn run(opened: &Opened, size: Size) -> Result<bool> {
    if !account::counties(&opened.database).await?.is_empty() {
        return Ok(false);
    }
    let size = match size {
        Size::Village => fixtures::Size::Village,
        Size::School => fixtures::Size::School,
    };
    fill(&opened.database, &opened.secret, &County::on(local_date(Utc::now()), size)).await?;
    Ok(true)
}

/// Writes the county down, in one transaction: a database is filled or as empty as before.
///
/// # Errors
/// The database says no.
pub async fn fill(database: &Database, secret: &Secret, county: &County) -> Result<()> {
    let password = password::hash(fixtures::PASSWORD.into()).await?;
    let mut tx = database.registrar(county.id).await?;
    places(&mut tx, county).await?;
    for person in &county.people {
        let secured = Secured::Own(password.clone());
        let new =
            NewAccount { id: person.id, name: person.name.clone(), phone: person.phone.clone(), secured };
        account::create(&mut tx, county.id, &new).await?;
        for grant in &person.grants {
            account::grant(&mut tx, county.id, person.id, grant).await?;
        }
    }
    let by_code = by_code(county);
    let new = NewAccount {
        id: by_code.user,
        name: by_code.name.clone(),
        phone: String::new(),
        secured: Secured::Never,
    };
    account::create(&mut tx, county.id, &new).await?;
    now_applier(&mut tx, by_code.user).await?;
    tell(&mut tx, county, &by_code).await?;
    let ids: Vec<_> = county
        .pupils
        .iter()
        .filter_map(|pupil| Some((pupil.id, IdNumber::parse(&pupil.id_number).ok()?)))
        .collect();
    let ids: Vec<_> = ids.iter().map(|(student, id)| (*student, id)).collect();
    keep_ids(&mut tx, secret, county.id, &ids).await?;
    tx.commit().await?;
    Ok(())
}

async fn places(tx: &mut Transaction, county: &County) -> Result<()> {
    let id = county.id.0;
    let (township, township_name) = county.township;
    let insert = sqlx::query("INSERT INTO county (id, name) VALUES ($1, $2)");
    insert.bind(id).bind(county.name).execute(&mut **tx).await?;
    let insert = sqlx::query("INSERT INTO township (county, id, name) VALUES ($1, $2, $3)");
    insert.bind(id).bind(township.0).bind(township_name).execute(&mut **tx).await?;
    for village in &county.villages {
        sqlx::query("INSERT INTO village (county, id, code, name, township) VALUES ($1, $2, $3, $4, $5)")
            .bind(id)
            .bind(village.id.0)
            .bind(&village.code)
            .bind(&village.name)
            .bind(township.0)
            .execute(&mut **tx)
            .await?;
    }
    for (code, school) in &county.schools {
        sqlx::query(
            "INSERT INTO school (county, id, code, name, kind, township, phone)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id)
        .bind(school.id.0)
        .bind(code)
        .bind(&school.name)
        .bind(school.kind.code())
        .bind(township.0)
        .bind(&school.phone)
        .execute(&mut **tx)
        .await?;
    }
    for class in &county.classes {
        sqlx::query(
            "INSERT INTO class (county, id, school, stage, entry_year, number) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id)
        .bind(class.id.0)
        .bind(class.school.0)
        .bind(class.stage.code())
        .bind(class.entry_year)
        .bind(i32::from(class.number))
        .execute(&mut **tx)
        .await?;
    }
    let since = chrono::NaiveDate::from_ymd_opt(school_year(county.today) - 1, 9, 1);
    sqlx::query("INSERT INTO policy (county, version, valid_from, body) VALUES ($1, $2, $3, $4)")
        .bind(id)
        .bind(county.policy.version.cast_signed())
        .bind(since)
        .bind(Json(&county.policy))
        .execute(&mut **tx)
        .await?;
    let insert = sqlx::query("INSERT INTO calendar (county, body) VALUES ($1, $2)");
    insert.bind(id).bind(Json(&county.calendar)).execute(&mut **tx).await?;
    Ok(())
}

/// Whoever held the code: anybody of any village.
fn by_code(county: &County) -> Actor {
    let cadre = |village: &domain::directory::Village| Grant {
        role: Role::Cadre,
        scope: Scope::Village(village.id),
        cadre: None,
    };
    Actor {
        user: UserId(domain::ids::derived(county.id.0, "demo/by code")),
        county: county.id,
        name: "村里（凭码）".into(),
        phone: String::new(),
        grants: county.villages.iter().map(cadre).collect(),
    }
}

/// Writes the story down, each child's file in its order. What one author wrote about many children
/// goes in at once: the first author of each file, then the second, and so on.
async fn tell(tx: &mut Transaction, county: &County, by_code: &Actor) -> Result<()> {
    let story = county.story();
    let around = Surroundings::load(tx, county.id, county.today).await?;
    let knocks: HashMap<_, _> = story
        .iter()
        .filter_map(|written| Some((written.entry.knock?, written.entry.subject.student()?)))
        .collect();
    let mut files: HashMap<Option<StudentId>, (fixtures::Author, usize)> = HashMap::new();
    let mut rounds: BTreeMap<(usize, fixtures::Author), Vec<&Written>> = BTreeMap::new();
    for written in &story {
        let asked = written.entry.knock.and_then(|knock| knocks.get(&knock)).copied();
        let file = files.entry(written.entry.subject.student().or(asked)).or_insert((written.author, 0));
        if file.0 != written.author {
            *file = (written.author, file.1 + 1);
        }
        rounds.entry((file.1, written.author)).or_default().push(written);
    }
    for run in rounds.into_values() {
        let Some(first) = run.first() else { continue };
        let actor = match first.author {
            fixtures::Author::Person(user) | fixtures::Author::Roster(user) => county.actor(user),
            fixtures::Author::ByCode => Some(by_code.clone()),
        };
        let actor = actor.ok_or_else(|| Error::Internal("the demo's author is nobody".into()))?;
        let signed_in = first.author != fixtures::Author::ByCode;
        let author = Author { actor, signed_in, cursor: None };
        let entries = run.iter().copied().map(entry).collect();
        let answers = record(tx, &around, &author, first.entry.writer, entries).await?;
        if let Some(Answer::Refused { problems }) =
            answers.iter().find(|a| matches!(a, Answer::Refused { .. }))
        {
            return Err(Error::Internal(format!("the demo's story does not hold: {problems:?}")));
        }
    }
    Ok(())
}

fn entry(written: &Written) -> (DateTime<Utc>, NewEntry) {
    let entry = &written.entry;
    let new = NewEntry {
        id: entry.id,
        subject: entry.subject,
        knock: entry.knock,
        supersedes: entry.supersedes,
        body: entry.body.clone(),
        label: String::new(),
    };
    (written.received_at, new)
}

/// The demo's accounts, if the demo filled this database; else nothing.
///
/// # Errors
/// The database does not answer.
pub async fn accounts(opened: &Opened) -> Result<Vec<DemoAccount>> {
    let county = CountyId::of(fixtures::COUNTY);
    let mut tx = opened.database.registrar(county).await?;
    let first = fixtures::accounts().first().map(|account| (account.phone, account.name));
    let (phone, name) = first.unwrap_or_default();
    let filled: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM account_login l JOIN account a ON a.county = l.county AND a.id = l.account
                        WHERE l.county = $1 AND l.phone = $2 AND a.name = $3)",
    )
    .bind(county.0)
    .bind(phone)
    .bind(name)
    .fetch_one(&mut *tx)
    .await?;
    if !filled {
        return Ok(Vec::new());
    }
    let shown = fixtures::accounts().iter().map(|account| DemoAccount {
        // Where a role stands twice, its place tells which is which.
        role: match fixtures::accounts().iter().filter(|other| other.role == account.role).count() {
            1 => account.role.term().into(),
            _ => format!("{} {}", account.role.term(), account.place),
        },
        name: account.name.into(),
        phone: account.phone.into(),
        password: fixtures::PASSWORD.into(),
    });
    Ok(shown.collect())
}
