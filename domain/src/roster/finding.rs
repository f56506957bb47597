//! What is to say about a row. The sentences are the server's; here are their facts.

use chrono::NaiveDate;

/// Something about one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The sheet's place in the file.
    pub sheet: usize,
    /// The sheet's row number.
    pub row: u32,
    /// The column as the file names it; empty for the row as a whole.
    pub column: String,
    /// What.
    pub what: What,
}

/// Another row of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct There {
    /// Its number.
    pub row: u32,
    /// The name of its sheet, if that is another one.
    pub sheet: Option<String>,
}

/// What it means for the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The row is not taken.
    Refuses,
    /// The row is taken, somebody should look.
    Warns,
    /// It is no child's row.
    Skips,
}

/// What is wrong with a telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Digits are missing.
    Short,
    /// Digits too many.
    Long,
    /// No telephone number at all.
    Shape,
}

/// What there is to say. A code is an id number's only in the variants that name none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// 合计
    TotalRow {
        /// What it says.
        text: String,
    },
    /// 填表人…
    NoteRow {
        /// What it says.
        text: String,
    },
    /// Something is there, but no name.
    NameMissing,
    /// The name stands in one cell with that of a row above.
    NameMerged {
        /// That row.
        first: u32,
    },
    /// Of another school.
    SchoolOther {
        /// The code there.
        code: String,
    },
    /// A spreadsheet turned the id number into a number.
    IdAsNumber,
    /// Not eighteen characters.
    IdShape {
        /// How many there are.
        length: usize,
    },
    /// The last character does not fit.
    IdCheck,
    /// The birth dates differ, or the one in the id number is none.
    IdBirth {
        /// In the id number.
        by_id: Option<NaiveDate>,
        /// In the column.
        by_column: Option<NaiveDate>,
    },
    /// A birth date that cannot be read.
    DateUnreadable {
        /// What is there.
        text: String,
    },
    /// No such class.
    ClassUnknown {
        /// What is there.
        text: String,
    },
    /// The same id number, or 学籍号, further up.
    DupId {
        /// The row that is taken.
        first: There,
    },
    /// The same name, birth date and class further up, and no number to tell them apart.
    DupRow {
        /// The row that is taken.
        first: There,
    },
    /// Enrolled in another school, which has not let the child go.
    Elsewhere {
        /// The other school.
        school: String,
    },
    /// No id number.
    IdNone,
    /// Papers of another kind, whose number is not taken.
    IdOther {
        /// The kind.
        kind: String,
    },
    /// The child is known under another id number, and no other child can be meant.
    IdChanged,
    /// No birth date, neither in the column nor in the id number.
    BirthNone,
    /// An age at which nobody is in this school.
    AgeOdd {
        /// Years.
        age: i32,
    },
    /// The id number says otherwise.
    GenderDiffers,
    /// Not the shape of a 学籍号; left empty.
    RollNoBad,
    /// The address names no village, or more than one.
    VillageUnknown {
        /// The address.
        text: String,
    },
    /// Another child of the same class has the same name.
    SameName {
        /// The row further up.
        other: There,
    },
    /// Blanks were taken out of the name.
    NameSpaces {
        /// As it stood there.
        was: String,
        /// As it is taken.
        now: String,
    },
    /// The dot in the name was made the usual one.
    NameDot {
        /// As it stood there.
        was: String,
        /// As it is taken.
        now: String,
    },
    /// Nobody is named as guardian.
    GuardianNone,
    /// Left empty.
    PhoneBad {
        /// How many digits there are.
        digits: usize,
        /// What is wrong.
        fault: Fault,
    },
    /// A cell that reaches over several rows was read for each of them.
    Merged {
        /// The last of them.
        last: u32,
    },
    /// The same guardian for more children than a house holds: no household is made of it.
    GuardianShared {
        /// How many.
        children: usize,
    },
}

impl What {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.row().0
    }

    /// What it means for the row.
    pub const fn weight(&self) -> Weight {
        self.row().1
    }

    const fn row(&self) -> (&'static str, Weight) {
        use Weight::{Refuses, Skips, Warns};
        match self {
            Self::TotalRow { .. } => ("TOTAL_ROW", Skips),
            Self::NoteRow { .. } => ("NOTE_ROW", Skips),
            Self::NameMissing => ("NAME_MISSING", Refuses),
            Self::NameMerged { .. } => ("NAME_MERGED", Refuses),
            Self::SchoolOther { .. } => ("SCHOOL_OTHER", Refuses),
            Self::IdAsNumber => ("ID_AS_NUMBER", Refuses),
            Self::IdShape { .. } => ("ID_SHAPE", Refuses),
            Self::IdCheck => ("ID_CHECK", Refuses),
            Self::IdBirth { .. } => ("ID_BIRTH", Refuses),
            Self::DateUnreadable { .. } => ("DATE_UNREADABLE", Refuses),
            Self::ClassUnknown { .. } => ("CLASS_UNKNOWN", Refuses),
            Self::DupId { .. } => ("DUP_ID", Refuses),
            Self::DupRow { .. } => ("DUP_ROW", Refuses),
            Self::Elsewhere { .. } => ("ELSEWHERE", Refuses),
            Self::IdNone => ("ID_NONE", Warns),
            Self::IdOther { .. } => ("ID_OTHER", Warns),
            Self::IdChanged => ("ID_CHANGED", Warns),
            Self::BirthNone => ("BIRTH_NONE", Warns),
            Self::AgeOdd { .. } => ("AGE_ODD", Warns),
            Self::GenderDiffers => ("GENDER_DIFFERS", Warns),
            Self::RollNoBad => ("ROLL_NO_BAD", Warns),
            Self::VillageUnknown { .. } => ("VILLAGE_UNKNOWN", Warns),
            Self::SameName { .. } => ("SAME_NAME", Warns),
            Self::NameSpaces { .. } => ("NAME_SPACES", Warns),
            Self::NameDot { .. } => ("NAME_DOT", Warns),
            Self::GuardianNone => ("GUARDIAN_NONE", Warns),
            Self::PhoneBad { .. } => ("PHONE_BAD", Warns),
            Self::Merged { .. } => ("MERGED", Warns),
            Self::GuardianShared { .. } => ("GUARDIAN_SHARED", Warns),
        }
    }
}

impl Finding {
    /// A finding.
    pub fn of(sheet: usize, row: u32, column: &str, what: What) -> Self {
        Self { sheet, row, column: column.into(), what }
    }
}
