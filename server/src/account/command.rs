//! `qiaomen user …`: for whoever runs the server, and for the first account of a county.

use super::{NewAccount, by_phone, create, grant, one_time, secure, set_disabled, sign_out};
use crate::config::Opened;
use crate::database::{Database, Transaction};
use crate::error::{Error, Result};
use crate::import::print_slips;
use crate::import::staff::Slip;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use domain::actor::{Grant, Role, Scope};
use domain::ids::{ClassId, CountyId, SchoolId, TownshipId, UserId, VillageId};
use domain::vocabulary::CadreRole;
use std::path::PathBuf;
use uuid::Uuid;

/// What to do with accounts.
#[derive(Subcommand, Clone, Debug)]
pub enum User {
    /// Makes an account with a role in a place, or gives an account one more role; prints its password
    Add(Add),
    /// Lists accounts: phone, name, roles, state
    List,
    /// Prints a new one-time password, which must be changed at the next sign-in
    ResetPassword {
        /// Phone number the person signs in with
        phone: String,
        /// Also signs the person out everywhere: the phone was lost
        #[arg(long, env = "QIAOMEN_SIGN_OUT")]
        sign_out: bool,
        /// Where the password is written
        #[command(flatten)]
        on: OnPaper,
    },
    /// Closes an account and ends its sessions at once
    Disable {
        /// Phone number the person signs in with
        phone: String,
    },
    /// Opens a closed account again
    Enable {
        /// Phone number the person signs in with
        phone: String,
    },
}

/// 账号条: a slip to print instead of a password on the screen.
#[derive(Args, Clone, Debug)]
pub struct OnPaper {
    /// Writes the password there, as a slip to print whose code signs in, instead of showing it
    #[arg(long, env = "QIAOMEN_SLIP", value_name = "FILE.html", requires = "address")]
    slip: Option<PathBuf>,
    /// The address of the app, for the slip
    #[arg(long, env = "QIAOMEN_ADDRESS", value_name = "URL")]
    address: Option<String>,
}

impl OnPaper {
    fn hand_out(&self, slip: Slip) -> Result<()> {
        match &self.slip {
            Some(file) => print_slips(file, &[slip], self.address.as_deref()),
            None => {
                println!("一次性密码 (one-time password): {}", slip.password);
                Ok(())
            }
        }
    }
}

/// A person, a role and its place.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// Phone number to sign in with
    phone: String,
    /// Name as colleagues know it
    #[arg(long, env = "QIAOMEN_NAME")]
    name: String,
    /// What the person is
    #[arg(long, env = "QIAOMEN_ROLE", value_parser = roles())]
    role: Role,
    /// Code of the school (学校标识码), for roles of a school
    #[arg(long, env = "QIAOMEN_SCHOOL", value_name = "CODE")]
    school: Option<String>,
    /// Class of the school as entry year and number: 202603
    #[arg(long, env = "QIAOMEN_CLASS", value_name = "CODE", requires = "school")]
    class: Option<String>,
    /// Code of the village (12 digits), for cadres
    #[arg(long, env = "QIAOMEN_VILLAGE", value_name = "CODE")]
    village: Option<String>,
    /// What the cadre is
    #[arg(long, env = "QIAOMEN_POST", value_name = "POST", requires = "village", value_parser = cadre_posts())]
    post: Option<CadreRole>,
    /// Name of the township, for its people
    #[arg(long, env = "QIAOMEN_TOWNSHIP", value_name = "NAME")]
    township: Option<String>,
    /// Where the password is written
    #[command(flatten)]
    on: OnPaper,
}

/// A code as people type it: `CLASS_TEACHER` is class-teacher.
fn typed(code: &str) -> String {
    code.to_lowercase().replace('_', "-")
}

fn roles() -> impl TypedValueParser<Value = Role> {
    one_of(Role::ALL.iter().map(|role| (typed(role.code()), *role)).collect())
}

fn cadre_posts() -> impl TypedValueParser<Value = CadreRole> {
    one_of(CadreRole::ALL.iter().map(|post| (typed(post.code()), post.clone())).collect())
}

fn one_of<T: Clone + Send + Sync + 'static>(known: Vec<(String, T)>) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(known.iter().map(|(word, _)| word.clone())).try_map(move |word| {
        let found = known.iter().find(|(known, _)| *known == word);
        found.map(|(_, value)| value.clone()).ok_or("none of these")
    })
}

/// Does it, and prints what came of it.
///
/// # Errors
/// No such account or place; the phone number is taken; the database says no.
pub async fn run(opened: &Opened, what: User) -> Result<()> {
    let database = &opened.database;
    match what {
        User::Add(add) => self::add(database, &add).await,
        User::List => list(database).await,
        User::ResetPassword { phone, sign_out: out, on } => {
            let (password, secured) = one_time().await?;
            let (mut tx, county, user) = find(database, &phone).await?;
            secure(&mut tx, county, user, &secured).await?;
            if out {
                sign_out(&mut tx, county, user).await?;
            }
            let (name, phone): (String, String) =
                sqlx::query_as("SELECT name, phone FROM account WHERE county = $1 AND id = $2")
                    .bind(county.0)
                    .bind(user.0)
                    .fetch_one(&mut *tx)
                    .await?;
            let posts: Vec<(String, Option<String>)> = sqlx::query_as(
                "SELECT role, cadre FROM user_scope
                 WHERE county = $1 AND user_id = $2 AND gone_xid IS NULL ORDER BY granted_at, role",
            )
            .bind(county.0)
            .bind(user.0)
            .fetch_all(&mut *tx)
            .await?;
            tx.commit().await?;
            let mut posts: Vec<String> = posts
                .iter()
                .filter_map(|(role, cadre)| {
                    Some(post(Role::from_code(role)?, cadre.as_deref().map(CadreRole::from_code).as_ref()))
                })
                .collect();
            posts.dedup();
            on.hand_out(Slip { name, phone, password, posts: posts.join("、") })
        }
        User::Disable { phone } => disable(database, &phone, true).await,
        User::Enable { phone } => disable(database, &phone, false).await,
    }
}

/// 班主任, 村支书
fn post(role: Role, cadre: Option<&CadreRole>) -> String {
    cadre.map_or(role.term(), CadreRole::term).to_owned()
}

async fn disable(database: &Database, phone: &str, to: bool) -> Result<()> {
    let (mut tx, county, user) = find(database, phone).await?;
    set_disabled(&mut tx, county, user, to).await?;
    tx.commit().await?;
    Ok(())
}

fn wrong(sentence: impl Into<String>) -> Error {
    Error::Internal(sentence.into())
}

/// The counties of this database.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn counties(database: &Database) -> Result<Vec<CountyId>> {
    let mut tx = database.login().await?;
    let counties: Vec<Uuid> =
        sqlx::query_scalar("SELECT id FROM county ORDER BY id").fetch_all(&mut *tx).await?;
    Ok(counties.into_iter().map(CountyId).collect())
}

async fn find(database: &Database, phone: &str) -> Result<(Transaction, CountyId, UserId)> {
    let phone = domain::phone::parse(phone).map_err(Error::Problem)?;
    for county in counties(database).await? {
        let mut tx = database.registrar(county).await?;
        if let Some(user) = by_phone(&mut tx, county, &phone).await? {
            return Ok((tx, county, user));
        }
    }
    Err(wrong("nobody signs in with this phone number"))
}

async fn add(database: &Database, add: &Add) -> Result<()> {
    let phone = domain::phone::parse(&add.phone).map_err(Error::Problem)?;
    let (password, secured) = one_time().await?;
    let counties = counties(database).await?;
    if counties.is_empty() {
        return Err(wrong("there is no county yet: begin with `qiaomen import staff` or `qiaomen demo`"));
    }
    for county in counties {
        let mut tx = database.registrar(county).await?;
        let Some(scope) = place(&mut tx, county, add).await? else { continue };
        let cadre = add.post.clone();
        let known = by_phone(&mut tx, county, &phone).await?;
        let user = known.unwrap_or(UserId(Uuid::now_v7()));
        if known.is_none() {
            let (name, phone) = (add.name.clone(), phone.clone());
            create(&mut tx, county, &NewAccount { id: user, name, phone, secured }).await?;
        }
        grant(&mut tx, county, user, &Grant { role: add.role, scope, cadre: cadre.clone() }).await?;
        tx.commit().await?;
        match known {
            Some(_) => println!("已有账号，加上了这个职务 (an account with one more role)"),
            None => add.on.hand_out(Slip {
                name: add.name.clone(),
                phone,
                password,
                posts: post(add.role, cadre.as_ref()),
            })?,
        }
        return Ok(());
    }
    Err(wrong("no such place in this database"))
}

/// The place that goes with the role, if the county has it.
async fn place(tx: &mut Transaction, county: CountyId, add: &Add) -> Result<Option<Scope>> {
    let missing = |flag: &str| wrong(format!("the role {} needs {flag}", add.role.code()));
    Ok(match add.role {
        Role::County => Some(Scope::County(county)),
        Role::Admin if add.school.is_none() => Some(Scope::County(county)),
        Role::Township => {
            let name = add.township.as_ref().ok_or_else(|| missing("--township"))?;
            let found = sqlx::query_scalar("SELECT id FROM township WHERE county = $1 AND name = $2");
            found
                .bind(county.0)
                .bind(name)
                .fetch_optional(&mut **tx)
                .await?
                .map(|id| Scope::Township(TownshipId(id)))
        }
        Role::Cadre => {
            let code = add.village.as_ref().ok_or_else(|| missing("--village"))?;
            let found = sqlx::query_scalar("SELECT id FROM village WHERE county = $1 AND code = $2");
            found
                .bind(county.0)
                .bind(code)
                .fetch_optional(&mut **tx)
                .await?
                .map(|id| Scope::Village(VillageId(id)))
        }
        _ => {
            let code = add.school.as_ref().ok_or_else(|| missing("--school"))?;
            let found = sqlx::query_scalar("SELECT id FROM school WHERE county = $1 AND code = $2");
            let school: Option<Uuid> = found.bind(county.0).bind(code).fetch_optional(&mut **tx).await?;
            match school {
                Some(school) => in_school(tx, county, SchoolId(school), add).await?,
                None => None,
            }
        }
    })
}

async fn in_school(
    tx: &mut Transaction,
    county: CountyId,
    school: SchoolId,
    add: &Add,
) -> Result<Option<Scope>> {
    if !matches!(add.role, Role::ClassTeacher | Role::SubjectTeacher | Role::GradeHead) {
        return Ok(Some(Scope::School(school)));
    }
    let code =
        add.class.as_ref().ok_or_else(|| wrong(format!("the role {} needs --class", add.role.code())))?;
    let found: Option<(Uuid, String, i32)> = sqlx::query_as(
        "SELECT id, stage, entry_year FROM class
         WHERE county = $1 AND school = $2 AND entry_year::text || lpad(number::text, 2, '0') = $3",
    )
    .bind(county.0)
    .bind(school.0)
    .bind(code)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.map(|(class, stage, year)| match add.role {
        Role::GradeHead => {
            let stage = domain::vocabulary::Stage::from_code(&stage);
            Scope::Grade(school, domain::actor::YearOfStage::new(&stage, year))
        }
        _ => Scope::Class(ClassId(class)),
    }))
}

async fn list(database: &Database) -> Result<()> {
    for county in counties(database).await? {
        let mut tx = database.registrar(county).await?;
        let rows: Vec<(String, String, Option<String>, String)> = sqlx::query_as(
            "SELECT a.phone, a.name,
               (SELECT string_agg(role, ', ' ORDER BY granted_at, role) FROM user_scope g
                WHERE g.county = a.county AND g.user_id = a.id AND g.gone_xid IS NULL),
               CASE WHEN a.disabled_at IS NOT NULL THEN 'disabled'
                    WHEN a.one_time_until < now() THEN 'one-time password expired'
                    WHEN a.one_time_until IS NOT NULL THEN 'one-time password'
                    ELSE '' END
             FROM account a WHERE a.county = $1 AND a.password_hash IS NOT NULL ORDER BY a.phone",
        )
        .bind(county.0)
        .fetch_all(&mut *tx)
        .await?;
        for (phone, name, roles, state) in rows {
            println!("{phone}\t{name}\t{}\t{state}", roles.unwrap_or_default());
        }
    }
    Ok(())
}
