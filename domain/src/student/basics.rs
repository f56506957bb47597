//! 基本信息, field by field: what rosters, corrections and the office's decisions are about.

use crate::ids::{ClassId, HouseholdId, SchoolId, VillageId};
use crate::vocabulary::{Gender, LeftBehind, Relation};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// 基本信息: what the roster says and people correct. No id number: that stays on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basics {
    /// 姓名
    pub name: String,
    /// 性别
    pub gender: Gender,
    /// 出生日期
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<NaiveDate>,
    /// 民族
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ethnicity: Option<String>,
    /// 学校
    pub school: SchoolId,
    /// 班
    pub class: ClassId,
    /// 班内学号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_no: Option<u16>,
    /// 学籍号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roll_no: Option<String>,
    /// 村
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village: Option<VillageId>,
    /// 现住址
    #[serde(default)]
    pub address: String,
    /// 联系电话
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// 寄宿
    #[serde(default)]
    pub boarding: bool,
    /// 留守
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_behind: Option<LeftBehind>,
    /// 监护人, in the roster's order.
    #[serde(default)]
    pub guardians: Vec<Guardian>,
    /// 户, once confirmed or suggested by an equal guardian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdId>,
}

/// 监护人
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guardian {
    /// 姓名
    pub name: String,
    /// 关系
    pub relation: Relation,
    /// 电话, digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Where they work when away (外省务工).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away: Option<String>,
    /// 法定监护人
    #[serde(default)]
    pub legal: bool,
}

impl Basics {
    /// Leaves the telephone numbers out, for readers who are not to call.
    pub fn forget_phones(&mut self) {
        self.phone = None;
        for guardian in &mut self.guardians {
            guardian.phone = None;
        }
    }

    /// A register field as text. Fields: `name gender birth_date ethnicity class_no roll_no address
    /// phone boarding left_behind village household class guardian.N.name guardian.N.relation
    /// guardian.N.phone guardian.N.away guardian.N.legal` with N from 1. A guardian is a legal one unless
    /// that says `false`.
    pub fn get(&self, field: &str) -> Option<String> {
        match field {
            "name" => Some(self.name.clone()),
            "gender" => Some(self.gender.code().into()),
            "birth_date" => self.birth_date.map(|d| d.to_string()),
            "ethnicity" => self.ethnicity.clone(),
            "class_no" => self.class_no.map(|n| n.to_string()),
            "roll_no" => self.roll_no.clone(),
            "address" => Some(self.address.clone()).filter(|a| !a.is_empty()),
            "phone" => self.phone.clone(),
            "boarding" => Some(self.boarding.to_string()),
            "left_behind" => self.left_behind.as_ref().map(|l| l.code().into()),
            "village" => self.village.map(|v| v.to_string()),
            "household" => self.household.map(|h| h.to_string()),
            "class" => Some(self.class.to_string()),
            _ => {
                let (n, part) = guardian_field(field)?;
                let guardian = self.guardians.get(n)?;
                match part {
                    "name" => Some(guardian.name.clone()),
                    "relation" => Some(guardian.relation.code().into()),
                    "phone" => guardian.phone.clone(),
                    "away" => guardian.away.clone(),
                    "legal" => (!guardian.legal).then(|| "false".into()),
                    _ => None,
                }
            }
        }
    }

    /// Sets a register field; `false` if there is no such field or the value does not fit it. A
    /// guardian begins with a name; the last one without a name is none.
    pub fn set(&mut self, field: &str, value: Option<&str>) -> bool {
        let text = value.unwrap_or_default();
        match field {
            "name" if !text.is_empty() => self.name = text.into(),
            "gender" if !text.is_empty() => self.gender = Gender::from_code(text),
            "birth_date" => match value.map(str::parse).transpose() {
                Ok(date) => self.birth_date = date,
                Err(_) => return false,
            },
            "ethnicity" => self.ethnicity = value.map(Into::into),
            "class_no" => match value.map(str::parse).transpose() {
                Ok(no) => self.class_no = no,
                Err(_) => return false,
            },
            "roll_no" => self.roll_no = value.map(Into::into),
            "address" => self.address = text.into(),
            "phone" => self.phone = value.map(Into::into),
            "boarding" => self.boarding = text == "true",
            "left_behind" => self.left_behind = value.map(LeftBehind::from_code),
            "village" => match value.map(str::parse).transpose() {
                Ok(id) => self.village = id.map(VillageId),
                Err(_) => return false,
            },
            "household" => match value.map(str::parse).transpose() {
                Ok(id) => self.household = id.map(HouseholdId),
                Err(_) => return false,
            },
            "class" => match text.parse() {
                Ok(id) => self.class = ClassId(id),
                Err(_) => return false,
            },
            _ => {
                let Some((n, part)) = guardian_field(field) else { return false };
                if text.is_empty() && part == "name" && n + 1 == self.guardians.len() {
                    self.guardians.pop();
                    return true;
                }
                if n == self.guardians.len() && part == "name" && n < 4 {
                    self.guardians.push(Guardian {
                        name: String::new(),
                        relation: Relation::Other,
                        phone: None,
                        away: None,
                        legal: true,
                    });
                }
                let Some(guardian) = self.guardians.get_mut(n) else { return value.is_none() };
                match part {
                    "name" => guardian.name = text.into(),
                    "relation" if !text.is_empty() => guardian.relation = Relation::from_code(text),
                    "phone" => guardian.phone = value.map(Into::into),
                    "away" => guardian.away = value.map(Into::into),
                    "legal" => guardian.legal = text != "false",
                    _ => return false,
                }
            }
        }
        true
    }

    /// Every register field that has a value, in a fixed order: what two rosters are compared by.
    pub fn fields(&self) -> BTreeMap<String, String> {
        const GUARDIAN: [&str; 5] = ["name", "relation", "phone", "away", "legal"];
        const PLAIN: [&str; 13] = [
            "name",
            "gender",
            "birth_date",
            "ethnicity",
            "class_no",
            "roll_no",
            "address",
            "phone",
            "boarding",
            "left_behind",
            "village",
            "household",
            "class",
        ];
        let guardians =
            (1..=self.guardians.len()).flat_map(|n| GUARDIAN.map(|part| format!("guardian.{n}.{part}")));
        PLAIN
            .map(String::from)
            .into_iter()
            .chain(guardians)
            .filter_map(|field| self.get(&field).map(|value| (field, value)))
            .collect()
    }
}

fn guardian_field(field: &str) -> Option<(usize, &str)> {
    let (n, part) = field.strip_prefix("guardian.")?.split_once('.')?;
    Some((n.parse::<usize>().ok()?.checked_sub(1)?, part))
}
