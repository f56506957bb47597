//! The field's words: every code set, its code on the wire and its Chinese term for ledgers.
//! What a family may read on the glass is milder and lives in the locales (`ux` words), not here.
//! A code from a newer app is kept as it came (`Unknown`) and written back unchanged.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal $term:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $( #[doc = $term] $(#[$vdoc])* $variant, )*
            /// A code this version does not know; kept and passed on.
            Unknown(Box<str>),
        }

        impl $name {
            /// Every code this version knows, in the order of the forms.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code on the wire and in the database.
            pub fn code(&self) -> &str {
                match self { $(Self::$variant => $code,)* Self::Unknown(code) => code }
            }

            /// The Chinese term for ledgers and reports.
            pub fn term(&self) -> &str {
                match self { $(Self::$variant => $term,)* Self::Unknown(code) => code }
            }

            /// The value of a code; an unknown one is kept.
            pub fn from_code(code: &str) -> Self {
                match code { $($code => Self::$variant,)* other => Self::Unknown(other.into()) }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.code())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let code = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                if code.is_empty() || code.len() > 40 {
                    return Err(D::Error::custom(concat!("not a code of ", stringify!($name))));
                }
                Ok(Self::from_code(&code))
            }
        }
    )*};
}

codes! {
    /// 走访类型 (domain 5.7, S001 T4).
    VisitKind {
        HomeVisit = "HOME_VISIT" "家访",
        DoorKnock = "DOOR_KNOCK" "敲门行动",
        Phone = "PHONE" "电访",
        Video = "VIDEO" "视频",
        SchoolTalk = "SCHOOL_TALK" "校内约谈",
        VillageOffice = "VILLAGE_OFFICE" "村委会",
        OutOfTown = "OUT_OF_TOWN" "外地走访",
    }

    /// 走访目的 (S000a S000b S001 S002).
    Purpose {
        Routine = "ROUTINE" "普访",
        KeyStudent = "KEY_STUDENT" "重点学生",
        Absence = "ABSENCE" "没到校",
        Persuade = "PERSUADE" "劝返",
        NoticeDelivery = "NOTICE_DELIVERY" "送达文书",
        PreTerm = "PRE_TERM" "开学前",
        SummerCampaign = "SUMMER_CAMPAIGN" "暑期大走访",
        Census = "CENSUS" "逐户核查",
        Whereabouts = "WHEREABOUTS" "去向核实",
        Policy = "POLICY" "政策宣讲",
        Aid = "AID" "资助",
        PsychFollow = "PSYCH_FOLLOW" "心理跟踪",
        HomeTeachAssess = "HOME_TEACH_ASSESS" "送教评估",
        ReturnFollow = "RETURN_FOLLOW" "返校跟踪",
    }

    /// 与学生的关系 (domain 5.2), with the child itself and people of the doorway.
    Relation {
        Father = "FATHER" "父亲",
        Mother = "MOTHER" "母亲",
        PaternalGrandparent = "PATERNAL_GRANDPARENT" "祖父母",
        MaternalGrandparent = "MATERNAL_GRANDPARENT" "外祖父母",
        Sibling = "SIBLING" "兄弟姐妹",
        Relative = "RELATIVE" "其他亲属",
        Foster = "FOSTER" "养父母或继父母",
        Entrusted = "ENTRUSTED" "被委托人",
        CivilAffairs = "CIVIL_AFFAIRS" "民政监护",
        Student = "STUDENT" "孩子本人",
        OtherFamily = "OTHER_FAMILY" "其他家人",
        Neighbour = "NEIGHBOUR" "邻居",
        Other = "OTHER" "其他",
    }

    /// 走访结果 (domain 5.7). `RefusedEntry` is a valid result and counts against nobody.
    Outcome {
        Met = "MET" "见到",
        PhoneOnly = "PHONE_ONLY" "电话联系上",
        NotHome = "NOT_HOME" "家里没人",
        Moved = "MOVED" "搬走了",
        RefusedEntry = "REFUSED_ENTRY" "不让进门",
        WrongAddress = "WRONG_ADDRESS" "找不到门",
    }

    /// 电话结果.
    CallResult {
        Reached = "REACHED" "通了",
        NoAnswer = "NO_ANSWER" "没接",
        Later = "LATER" "回去再打",
    }

    /// 学生去向 (S001).
    Whereabouts {
        Home = "HOME" "在家",
        Working = "WORKING" "外出打工",
        OtherSchool = "OTHER_SCHOOL" "去了别的学校",
        Relatives = "RELATIVES" "在亲戚家",
        Hospital = "HOSPITAL" "看病住院",
        NotKnown = "UNKNOWN" "不清楚",
        Married = "MARRIED" "结婚同居",
        Other = "OTHER" "其他",
    }

    /// 没到校或辍学的原因 (domain 5.6): the first tapped is the main one.
    Cause {
        SchoolWeary = "SCHOOL_WEARY" "厌学",
        LearningDifficulty = "LEARNING_DIFFICULTY" "学习困难",
        Work = "WORK" "外出务工",
        ParentsAway = "PARENTS_AWAY" "父母在外无人照管",
        Illness = "ILLNESS" "疾病",
        TeacherConflict = "TEACHER_CONFLICT" "师生矛盾",
        Bullying = "BULLYING" "同学矛盾或欺凌",
        Poverty = "POVERTY" "家庭困难",
        FamilyBreakup = "FAMILY_BREAKUP" "家庭变故",
        UselessBelief = "USELESS_BELIEF" "读书无用论",
        Disability = "DISABILITY" "残疾",
        Psych = "PSYCH" "心理",
        Net = "NET" "沉迷网络",
        Distance = "DISTANCE" "上学路远",
        EarlyMarriage = "EARLY_MARRIAGE" "早婚早育",
        Religion = "RELIGION" "因信教",
        AltEdu = "ALT_EDU" "在家或其他教育",
        Unreachable = "UNREACHABLE" "失联",
        Moved = "MOVED" "随父母外出",
        Disaster = "DISASTER" "天灾人祸",
        Other = "OTHER" "其他",
    }

    /// 家长态度 (domain 5.7).
    GuardianAttitude {
        Supportive = "SUPPORTIVE" "支持",
        Wavering = "WAVERING" "犹豫",
        Indifferent = "INDIFFERENT" "不太管",
        Opposed = "OPPOSED" "不同意",
        Unreachable = "UNREACHABLE" "联系不上",
    }

    /// 学生意愿 (未保法19).
    StudentAttitude {
        Willing = "WILLING" "愿意",
        Wavering = "WAVERING" "还在想",
        Unwilling = "UNWILLING" "不愿意",
        NotKnown = "UNKNOWN" "没问到",
    }

    /// 约定的事. The family's and the school's side share one list; `Commitment::by` says whose it is.
    Promise {
        BringToSchool = "BRING_TO_SCHOOL" "送到校",
        ReturnAfterIllness = "RETURN_AFTER_ILLNESS" "看好病就来",
        ParentsTalkTonight = "PARENTS_TALK_TONIGHT" "父母今晚劝",
        WeeklyCall = "WEEKLY_CALL" "每周通电话",
        BringOnTime = "BRING_ON_TIME" "按时接送",
        AskLeaveFirst = "ASK_LEAVE_FIRST" "请假先打电话",
        MindThePhone = "MIND_THE_PHONE" "管好手机",
        Tutoring = "TUTORING" "个别辅导",
        AskAboutAid = "ASK_ABOUT_AID" "帮问资助",
        CallAgain = "CALL_AGAIN" "再打电话",
        Other = "OTHER" "其他",
    }

    /// 谁答应的.
    Party {
        Family = "FAMILY" "家长",
        School = "SCHOOL" "学校",
    }

    /// 需协调的困难 (R10 ⑨).
    Difficulty {
        Aid = "AID" "资助",
        Distance = "DISTANCE" "上学路远",
        Medical = "MEDICAL" "看病",
        Papers = "PAPERS" "证件户口",
        VillageHelp = "VILLAGE_HELP" "要村里帮忙",
    }

    /// 家长签字. Absent means nobody signed, which is fine.
    Signature {
        OnPaper = "ON_PAPER" "纸上签了",
        Refused = "REFUSED" "不愿签",
        NotNeeded = "NOT_NEEDED" "不用签",
    }

    /// 说什么话.
    Language {
        Mandarin = "MANDARIN" "汉语",
        Uyghur = "UYGHUR" "维吾尔语",
        Dialect = "DIALECT" "方言",
        Other = "OTHER" "其他",
    }

    /// 谁翻译. That the child interpreted often matters.
    Interpreter {
        Child = "CHILD" "孩子",
        Neighbour = "NEIGHBOUR" "邻居",
        Cadre = "CADRE" "村干部",
        Colleague = "COLLEAGUE" "同行老师",
    }

    /// 同行的人是哪边的.
    Side {
        School = "SCHOOL" "学校",
        Village = "VILLAGE" "村",
        Township = "TOWNSHIP" "乡镇",
        Other = "OTHER" "其他",
    }

    /// 敲门行动村里没人一起的原因 (domain 5.7).
    NoVillageReason {
        Unreachable = "UNREACHABLE" "联系不上",
        Busy = "BUSY" "临时有事",
        Urgent = "URGENT" "情况急先来了",
    }

    /// 村核对结果 (domain 5.7).
    ConfirmationResult {
        Confirmed = "CONFIRMED" "属实",
        Corrected = "CORRECTED" "有出入",
        Unable = "UNABLE" "说不准",
        NotPresent = "NOT_PRESENT" "没参加",
    }

    /// 哪里不对 (ux 6.3).
    Discrepancy {
        Time = "TIME" "时间不对",
        NotVisited = "NOT_VISITED" "没去这家",
        NotMet = "NOT_MET" "没见到这个人",
        ChildAway = "CHILD_AWAY" "孩子现在不在家",
        FamilyMoved = "FAMILY_MOVED" "全家搬走了",
        People = "PEOPLE" "来的人不对",
        Other = "OTHER" "其他",
    }

    /// 村里的身份 (domain 5.7).
    CadreRole {
        Secretary = "SECRETARY" "村支书",
        Head = "HEAD" "村主任",
        ChildOfficer = "CHILD_OFFICER" "儿童主任",
        Grid = "GRID" "网格员",
        GroupLeader = "GROUP_LEADER" "组长",
        Other = "OTHER" "别的人",
    }

    /// 家里还有孩子：上学情况.
    Schooling {
        OurSchool = "OUR_SCHOOL" "本校",
        OtherSchool = "OTHER_SCHOOL" "别的学校",
        NotInSchool = "NOT_IN_SCHOOL" "没上学",
        NotKnown = "UNKNOWN" "不清楚",
    }

    /// 办结的结果: of a child found in a house, then of an entry kept for the office.
    Settled {
        InSchool = "IN_SCHOOL" "已在上学",
        Enrolled = "ENROLLED" "已安排入学",
        NotOfAge = "NOT_OF_AGE" "不到上学年龄",
        Moved = "MOVED" "已搬走",
        Mistaken = "MISTAKEN" "看错了",
        Taken = "TAKEN" "收下",
        Returned = "RETURNED" "不收",
    }

    /// 学籍状态 (domain 5.4). No "expelled": 义教法27, 未保法28.
    EnrolmentStatus {
        Expected = "EXPECTED" "应到未到",
        Active = "ACTIVE" "在读",
        LongLeave = "LONG_LEAVE" "长期请假",
        Suspended = "SUSPENDED" "休学",
        Deferred = "DEFERRED" "延缓入学",
        HomeDelivered = "HOME_DELIVERED" "送教上门",
        ElsewhereProven = "ELSEWHERE_PROVEN" "外地就读有证明",
        Specialized = "SPECIALIZED" "专门学校就读",
        Suspected = "SUSPECTED" "疑似辍学",
        Dropped = "DROPPED" "辍学",
        TransferOutPending = "TRANSFER_OUT_PENDING" "转出办理中",
        TransferredOut = "TRANSFERRED_OUT" "已转出",
        Abroad = "ABROAD" "出境就读",
        Graduated = "GRADUATED" "毕业",
        Completed = "COMPLETED" "结业",
        Deceased = "DECEASED" "死亡",
    }

    /// 性别 (GB/T 2261.1).
    Gender {
        NotKnown = "0" "未知",
        Male = "1" "男",
        Female = "2" "女",
        NotStated = "9" "未说明",
    }

    /// 是否留守 (国发〔2016〕13号).
    LeftBehind {
        No = "NO" "非留守",
        OneParent = "ONE_PARENT" "单亲外出",
        BothParents = "BOTH_PARENTS" "双亲外出",
    }

    /// 学校类别 (S003.8).
    SchoolKind {
        Primary = "PRIMARY" "小学",
        TeachingPoint = "TEACHING_POINT" "教学点",
        Junior = "JUNIOR" "初中",
        NineYear = "NINE_YEAR" "九年一贯制",
        Special = "SPECIAL" "特教",
        Specialized = "SPECIALIZED" "专门学校",
    }

    /// 学段: what a class's entry year is counted in.
    Stage {
        Primary = "PRIMARY" "小学",
        Junior = "JUNIOR" "初中",
    }
}
