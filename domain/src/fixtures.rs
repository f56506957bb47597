//! The demo county (示例县): invented people and one school year of their work, the same on every
//! machine for the same day. Unit tests, the demo and end-to-end tests stand on it. No person here
//! exists: region 990101 and telephone numbers beginning with 144 belong to nobody, and the 甲乙丙丁 behind
//! a father's name says so.
//!
//! Facts that tests may rely on, on any day: [`account`]'s people, and in 李老师's class 七年级3班
//! 阿依古丽·艾力甲 of 五村 (missing for three school days, father 外省务工, grandmother at home, brother
//! 买买提·艾力甲 in 示例小学三年级), 袁小军 of 五村 (whose visit of the term is due), and the twins
//! 阿依努尔·亚森甲 and 阿里木·亚森甲 of 五村 (one house, one class).

mod account;
mod dice;
mod names;
mod people;
mod pupils;
mod story;

pub use account::{ACCOUNTS, Account, PASSWORD, accounts};
pub use people::Person;
pub use pupils::Pupil;
pub use story::{Author, Written, states};

use crate::actor::Actor;
use crate::calendar::{Calendar, Term, school_year};
use crate::directory::{Class, Directory, PersonOfStaff, Post, School, Village};
use crate::ids::{ClassId, CountyId, SchoolId, TownshipId, UserId, VillageId, derived};
use crate::policy::Policy;
use crate::vocabulary::{SchoolKind, Stage};
use chrono::{Days, NaiveDate};

/// 示例县
pub const COUNTY: &str = "990101";
/// 示例镇
pub const TOWNSHIP: &str = "990101001";
/// 学校标识码 of 示例小学.
pub const PRIMARY: &str = "9901010201";
/// 学校标识码 of 示例中学.
pub const JUNIOR: &str = "9901010202";

/// How much of the county.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// 示例小学 (60 children) and 七年级3班 of 示例中学: quick to load.
    Village,
    /// All: 60 and 503 children.
    School,
}

/// The demo county on one day.
#[derive(Clone, Debug)]
pub struct County {
    /// How much of it.
    pub size: Size,
    /// The day it is made for.
    pub today: NaiveDate,
    /// Id.
    pub id: CountyId,
    /// 示例县
    pub name: &'static str,
    /// 示例镇
    pub township: (TownshipId, &'static str),
    /// 一村 … 八村
    pub villages: Vec<Village>,
    /// The two schools, each with its 学校标识码.
    pub schools: Vec<(&'static str, School)>,
    /// Their classes.
    pub classes: Vec<Class>,
    /// Everybody with an account.
    pub people: Vec<Person>,
    /// The children.
    pub pupils: Vec<Pupil>,
    /// Settings.
    pub policy: Policy,
    /// 校历
    pub calendar: Calendar,
}

impl County {
    /// The county as it is on that day.
    pub fn on(today: NaiveDate, size: Size) -> Self {
        let id = CountyId::of(COUNTY);
        let township = (TownshipId::of(id, TOWNSHIP), "示例镇");
        let mut county = Self {
            size,
            today,
            id,
            name: "示例县",
            township,
            villages: villages(id, township),
            schools: schools(id),
            classes: classes(id, size, school_year(today)),
            people: Vec::new(),
            pupils: Vec::new(),
            policy: Policy { label: "示例县第1版".into(), ..Policy::default() },
            calendar: calendar(school_year(today)),
        };
        county.people = people::of(&county);
        county.pupils = pupils::of(&county);
        county
    }

    /// Everything written in this county up to the morning of `today`, in the order it arrived.
    pub fn story(&self) -> Vec<Written> {
        story::of(self)
    }

    /// The directory whole, as no single person gets it.
    pub fn directory(&self) -> Directory {
        let person = |person: &Person| PersonOfStaff {
            id: person.id,
            name: person.name.clone(),
            phone: person.phone.clone(),
            posts: person
                .grants
                .iter()
                .map(|g| Post { role: g.role, scope: g.scope.key(), cadre: g.cadre.clone() })
                .collect(),
        };
        Directory {
            county: self.name.into(),
            schools: self.schools.iter().map(|(_, school)| school.clone()).collect(),
            classes: self.classes.clone(),
            villages: self.villages.clone(),
            people: self.people.iter().map(person).collect(),
            policy: self.policy.clone(),
            calendar: self.calendar.clone(),
        }
    }

    /// A person as they act.
    pub fn actor(&self, user: UserId) -> Option<Actor> {
        let person = self.people.iter().find(|p| p.id == user)?;
        Some(Actor {
            user,
            county: self.id,
            name: person.name.clone(),
            phone: person.phone.clone(),
            grants: person.grants.clone(),
        })
    }

    /// The person of a telephone number.
    pub fn person(&self, phone: &str) -> Option<&Person> {
        self.people.iter().find(|p| p.phone == phone)
    }

    /// A child by name.
    pub fn pupil(&self, name: &str) -> Option<&Pupil> {
        self.pupils.iter().find(|p| p.basics.name == name)
    }

    fn class(&self, id: ClassId) -> Option<&Class> {
        self.classes.iter().find(|class| class.id == id)
    }

    fn village(&self, name: &str) -> VillageId {
        self.villages.iter().find(|v| v.name == name).map_or(VillageId(self.id.0), |v| v.id)
    }
}

const VILLAGES: [&str; 8] = ["一村", "二村", "三村", "四村", "五村", "六村", "七村", "八村"];

fn villages(county: CountyId, (township, township_name): (TownshipId, &str)) -> Vec<Village> {
    (1..)
        .zip(VILLAGES)
        .map(|(n, name)| {
            let code = format!("{TOWNSHIP}2{n:02}");
            let id = VillageId::of(county, &code);
            Village { id, code, name: name.into(), township, township_name: township_name.into() }
        })
        .collect()
}

fn schools(county: CountyId) -> Vec<(&'static str, School)> {
    let school = |code: &'static str, name: &str, kind, phone: &str| {
        (code, School { id: SchoolId::of(county, code), name: name.into(), kind, phone: phone.into() })
    };
    vec![
        school(PRIMARY, "示例小学", SchoolKind::Primary, "09900000001"),
        school(JUNIOR, "示例中学", SchoolKind::Junior, "09900000002"),
    ]
}

/// One class a year in the village school; five in each of the three years above it.
fn classes(county: CountyId, size: Size, year: i32) -> Vec<Class> {
    let (primary, junior) = (SchoolId::of(county, PRIMARY), SchoolId::of(county, JUNIOR));
    let whole = size == Size::School;
    let first = Class::of(junior, Stage::Junior, year, 3);
    let small = (0..6).map(move |grade| Class::of(primary, Stage::Primary, year - grade, 1));
    let large = (0..3).flat_map(move |grade| (1..=5).map(move |n| (year - grade, n)));
    let others = large.filter(|at| whole && *at != (year, 3));
    let others = others.map(|(year, n)| Class::of(junior, Stage::Junior, year, n));
    std::iter::once(first).chain(small).chain(others).collect()
}

/// Two school years. Terms meet without a gap, so that the demo has its duties on any day.
fn calendar(year: i32) -> Calendar {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let term = |name: String, from, to| Term { semester: name, starts_on: from, ends_on: to };
    let terms = [year - 1, year].into_iter().flat_map(|y| {
        [
            term(format!("{y}-{}-1", y + 1), day(y, 9, 1), day(y + 1, 1, 31)),
            term(format!("{y}-{}-2", y + 1), day(y + 1, 2, 1), day(y + 1, 8, 31)),
        ]
    });
    let holidays = [year - 1, year].into_iter().flat_map(|y| {
        let national = (0..7).map(move |n| day(y, 10, 1) + Days::new(n));
        national.chain([day(y + 1, 1, 1), day(y + 1, 5, 1)])
    });
    Calendar { terms: terms.collect(), holidays: holidays.collect(), makeup_days: Vec::new() }
}

/// An id of the county, from what it is of.
fn named(county: CountyId, what: &str) -> uuid::Uuid {
    derived(county.0, &format!("demo/{what}"))
}

/// The `n`th school day before a day.
fn school_days_before(calendar: &Calendar, day: NaiveDate, n: usize) -> NaiveDate {
    (1..400)
        .filter_map(|back| day.checked_sub_days(Days::new(back)))
        .filter(|d| calendar.is_school_day(*d))
        .nth(n.saturating_sub(1))
        .unwrap_or(day)
}

/// The year a class or child counts from, as `2026`.
fn birth_year(class: &Class) -> i32 {
    class.entry_year - if class.stage == Stage::Junior { 13 } else { 7 }
}

#[cfg(test)]
mod tests;
