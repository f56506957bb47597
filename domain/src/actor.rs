//! Who acts: a person with grants. A grant ties one of the ten roles (domain 5.15) to one place.

use crate::ids::{ClassId, CountyId, SchoolId, TownshipId, UserId, VillageId, derived};
use crate::vocabulary::{CadreRole, Stage};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The ten roles of domain 5.15, and one appointment that is not a role of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// 科任教师
    SubjectTeacher,
    /// 班主任
    ClassTeacher,
    /// 年级主任
    GradeHead,
    /// 教导处（学籍管理员同）
    Office,
    /// 校长、领导小组
    Principal,
    /// 村干部、网格员
    Cadre,
    /// 乡镇
    Township,
    /// 县教育局
    County,
    /// 系统管理员: technical, sees no child.
    Admin,
    /// 心理教师
    Counsellor,
    /// 单独上报的指定人 (未保法11): an appointment on top of a role.
    Designated,
}

impl Role {
    /// All, in the order of the matrix.
    pub const ALL: [Self; 11] = [
        Self::SubjectTeacher,
        Self::ClassTeacher,
        Self::GradeHead,
        Self::Office,
        Self::Principal,
        Self::Cadre,
        Self::Township,
        Self::County,
        Self::Admin,
        Self::Counsellor,
        Self::Designated,
    ];

    /// The code on the wire and in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SubjectTeacher => "SUBJECT_TEACHER",
            Self::ClassTeacher => "CLASS_TEACHER",
            Self::GradeHead => "GRADE_HEAD",
            Self::Office => "OFFICE",
            Self::Principal => "PRINCIPAL",
            Self::Cadre => "CADRE",
            Self::Township => "TOWNSHIP",
            Self::County => "COUNTY",
            Self::Admin => "ADMIN",
            Self::Counsellor => "COUNSELLOR",
            Self::Designated => "DESIGNATED",
        }
    }

    /// The role of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The Chinese term.
    pub const fn term(self) -> &'static str {
        match self {
            Self::SubjectTeacher => "科任教师",
            Self::ClassTeacher => "班主任",
            Self::GradeHead => "年级主任",
            Self::Office => "教导处",
            Self::Principal => "校长",
            Self::Cadre => "村干部",
            Self::Township => "乡镇",
            Self::County => "县教育局",
            Self::Admin => "系统管理员",
            Self::Counsellor => "心理教师",
            Self::Designated => "单独上报指定人",
        }
    }
}

/// A place that a grant covers. Its `key` is what rows of `access` and of grants share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// 班
    Class(ClassId),
    /// 年级: a stage and an entry year of a school, so that it stays the same children.
    Grade(SchoolId, YearOfStage),
    /// 学校
    School(SchoolId),
    /// 村
    Village(VillageId),
    /// 乡镇
    Township(TownshipId),
    /// 县
    County(CountyId),
    /// Children named one by one to a person (转介、包联).
    Named(UserId),
}

/// 入学年份 and 学段.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Copy)]
pub struct YearOfStage {
    /// Whether the years are counted in primary or junior school.
    pub junior: bool,
    /// The year of entry, as 2026.
    pub year: i32,
}

impl YearOfStage {
    /// The stage and year.
    pub fn new(stage: &Stage, year: i32) -> Self {
        Self { junior: *stage == Stage::Junior, year }
    }
}

impl Scope {
    /// One id for the place, whatever its kind.
    pub fn key(self) -> Uuid {
        match self {
            Self::Class(id) => id.0,
            Self::Grade(school, at) => derived(school.0, &format!("grade/{}/{}", at.junior, at.year)),
            Self::School(id) => id.0,
            Self::Village(id) => id.0,
            Self::Township(id) => id.0,
            Self::County(id) => id.0,
            Self::Named(id) => id.0,
        }
    }
}

/// One role in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Where.
    pub scope: Scope,
    /// What a cadre is in the village; `None` for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cadre: Option<CadreRole>,
}

/// The person behind a request: who, of which county, with which grants now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person.
    pub user: UserId,
    /// The county every key starts with.
    pub county: CountyId,
    /// Name as colleagues know it.
    pub name: String,
    /// Telephone number, for colleagues and cadres.
    #[serde(default)]
    pub phone: String,
    /// Roles and places.
    pub grants: Vec<Grant>,
}

impl Actor {
    /// Whether the person has this role anywhere.
    pub fn is(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }

    /// The places where the person has this role.
    pub fn places(&self, role: Role) -> impl Iterator<Item = Scope> + '_ {
        self.grants.iter().filter(move |grant| grant.role == role).map(|grant| grant.scope)
    }
}
