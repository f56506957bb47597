// The people and places of the demo county that stories are about (domain::fixtures).

export const PASSWORD = 'qiaomen-demo';
/** What everybody in these stories sets as their unlock code. */
export const CODE = '246802';

export interface Person {
  name: string;
  phone: string;
}

const person = (name: string, phone: string): Person => ({ name, phone });

export const classTeacher = person('李云溪', '14400000001');
export const subjectTeacher = person('古丽娜尔·依明乙', '14400000002');
export const gradeHead = person('宋溪梓', '14400000003');
export const office = person('阿孜古丽·塔依尔丁', '14400000004');
export const principal = person('海丽且姆·艾力丙', '14400000005');
export const cadre = person('吐尔逊·热合曼丙', '14400000006');
export const township = person('周海建', '14400000007');
export const county = person('米热古丽·艾尼瓦尔丁', '14400000008');
export const admin = person('何军浩', '14400000009');
export const counsellor = person('傅静文', '14400000010');
export const designated = person('董思博', '14400000011');
export const primaryTeacher = person('王雨云', '14400000012');

/** Missing from school for three days; grandmother at home, father away, a brother in the primary school. */
export const missing = '阿依古丽·艾力甲';
export const household = '阿依古丽家';
/** Her brother. */
export const brother = '买买提·艾力甲';
/** Owed the visit of the term. */
export const routine = '袁小军';
/** Of one house and one class, both at school. */
export const twins = ['阿依努尔·亚森甲', '阿里木·亚森甲'];
