//! The directory (通讯录): schools, classes, villages, colleagues, settings and calendar. Made at the desk,
//! only pulled by phones, and small enough to travel whole. Each person gets the part they need.

use crate::actor::{Actor, Role, Scope, YearOfStage};
use crate::calendar::Calendar;
use crate::ids::{ClassId, SchoolId, TownshipId, UserId, VillageId, derived};
use crate::policy::Policy;
use crate::vocabulary::{CadreRole, SchoolKind, Stage};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a phone knows about its surroundings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// 县名
    pub county: String,
    /// Schools of the county.
    pub schools: Vec<School>,
    /// Classes of the schools the person belongs to, and those siblings of its children are in.
    pub classes: Vec<Class>,
    /// Villages.
    pub villages: Vec<Village>,
    /// Colleagues and cadres: people who may come along.
    pub people: Vec<PersonOfStaff>,
    /// Settings in force.
    pub policy: Policy,
    /// 校历
    pub calendar: Calendar,
}

/// 学校
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct School {
    /// Id.
    pub id: SchoolId,
    /// 示例中学
    pub name: String,
    /// 类别
    pub kind: SchoolKind,
    /// The number parents call.
    #[serde(default)]
    pub phone: String,
}

/// 班
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Id.
    pub id: ClassId,
    /// School.
    pub school: SchoolId,
    /// 学段
    pub stage: Stage,
    /// 入学年份
    pub entry_year: i32,
    /// 几班
    pub number: u16,
}

/// 村
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Village {
    /// Id.
    pub id: VillageId,
    /// 12-digit code.
    pub code: String,
    /// 五村
    pub name: String,
    /// 乡镇
    pub township: TownshipId,
    /// 示例镇
    pub township_name: String,
}

impl Village {
    /// 村号: what of its code is typed and stands in a reminder.
    pub fn number(&self) -> &str {
        number(&self.code)
    }
}

/// The last six of the twelve digits of a village: one of this county.
pub fn number(code: &str) -> &str {
    code.len().checked_sub(6).and_then(|at| code.get(at..)).unwrap_or(code)
}

/// A person of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonOfStaff {
    /// Account.
    pub id: UserId,
    /// Name.
    pub name: String,
    /// Phone; empty when the reader need not have it.
    #[serde(default)]
    pub phone: String,
    /// Roles and places, as far as the reader needs them.
    pub posts: Vec<Post>,
}

/// 职务
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Role.
    pub role: Role,
    /// `Scope::key`.
    pub scope: Uuid,
    /// In the village.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cadre: Option<CadreRole>,
}

impl Class {
    /// The class that these four name; its id follows from them, so that a roster read twice makes one.
    pub fn of(school: SchoolId, stage: Stage, entry_year: i32, number: u16) -> Self {
        let id = derived(school.0, &format!("class/{}/{entry_year}/{number}", stage.code()));
        Self { id: ClassId(id), school, stage, entry_year, number }
    }

    /// The code of rosters: `202603`.
    pub fn code(&self) -> String {
        format!("{}{:02}", self.entry_year, self.number)
    }

    /// The grade in the school year of that day, from 1 within the stage.
    pub fn grade(&self, on: NaiveDate) -> i32 {
        crate::calendar::school_year(on) - self.entry_year + 1
    }

    /// 七年级3班: what people say (ux C13). Junior grades are counted on from primary's six.
    pub fn label(&self, on: NaiveDate) -> String {
        const DIGITS: [&str; 9] = ["一", "二", "三", "四", "五", "六", "七", "八", "九"];
        let offset = if self.stage == Stage::Junior { 6 } else { 0 };
        let grade = usize::try_from(self.grade(on) + offset - 1).ok().and_then(|at| DIGITS.get(at));
        match grade {
            Some(grade) => format!("{grade}年级{}班", self.number),
            None => format!("{}级{}班", self.entry_year, self.number),
        }
    }

    /// 三年级: the grade without the class, as a stub of a child of another school says it.
    pub fn grade_label(&self, on: NaiveDate) -> String {
        let label = self.label(on);
        match label.split_once("年级") {
            Some((grade, _)) => format!("{grade}年级"),
            None => format!("{}级", self.entry_year),
        }
    }

    /// The grade's scope.
    pub fn grade_scope(&self) -> Scope {
        Scope::Grade(self.school, YearOfStage::new(&self.stage, self.entry_year))
    }
}

impl Directory {
    /// A class by id.
    pub fn class(&self, id: ClassId) -> Option<&Class> {
        self.classes.iter().find(|c| c.id == id)
    }

    /// A school by id.
    pub fn school(&self, id: SchoolId) -> Option<&School> {
        self.schools.iter().find(|s| s.id == id)
    }

    /// A village by id.
    pub fn village(&self, id: VillageId) -> Option<&Village> {
        self.villages.iter().find(|v| v.id == id)
    }

    /// 班主任 of a class.
    pub fn class_teacher(&self, class: ClassId) -> Option<&PersonOfStaff> {
        self.holders(Role::ClassTeacher, class.0).next()
    }

    /// Everybody with a role in a place.
    pub fn holders(&self, role: Role, scope: Uuid) -> impl Iterator<Item = &PersonOfStaff> {
        self.people
            .iter()
            .filter(move |p| p.posts.iter().any(|post| post.role == role && post.scope == scope))
    }

    /// Cadres of a village with what they are there.
    pub fn cadres(&self, village: VillageId) -> impl Iterator<Item = (&PersonOfStaff, &CadreRole)> {
        self.people.iter().filter_map(move |p| {
            let post = p.posts.iter().find(|post| post.role == Role::Cadre && post.scope == village.0)?;
            Some((p, post.cadre.as_ref().unwrap_or(&CadreRole::Other)))
        })
    }

    /// 示例中学 七年级3班, in the school year the calendar stands in.
    pub fn class_label_with_school(&self, id: ClassId) -> String {
        let Some(class) = self.class(id) else { return String::new() };
        let on = self.calendar.terms.last().map_or(NaiveDate::MIN, |t| t.starts_on);
        let school = self.school(class.school).map(|s| s.name.as_str()).unwrap_or_default();
        format!("{school} {}", class.label(on)).trim().to_owned()
    }
}

/// The short name of a household (ux 5.1): the given part before `·`, else the family name.
/// 阿依古丽·艾力甲 → 阿依古丽家, 袁小军 → 袁家.
pub fn household_label(name: &str) -> String {
    let head = match name.split_once('·') {
        Some((given, _)) => given.to_owned(),
        None => name.chars().take(1).collect(),
    };
    format!("{head}家")
}

/// The given name alone: the part before `·`, else what follows the family name.
/// 阿依古丽·艾力甲 → 阿依古丽, 袁小军 → 小军.
pub fn given_name(name: &str) -> String {
    match name.split_once('·') {
        Some((given, _)) => given.to_owned(),
        None => Some(name.chars().skip(1).collect())
            .filter(|given: &String| !given.is_empty())
            .unwrap_or_else(|| name.to_owned()),
    }
}

/// 李老师: how a teacher is named to a village.
pub fn teacher_label(name: &str) -> String {
    let head = household_label(name);
    format!("{}老师", head.strip_suffix('家').unwrap_or(&head))
}

/// Who the actor is to colleagues: the first grant's role term.
pub fn title(actor: &Actor) -> &'static str {
    actor.grants.first().map_or("", |g| g.role.term())
}
