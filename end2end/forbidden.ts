// Words that wound, threaten or speak of machines; no screen has them.
import type { Page } from '@playwright/test';

const forbidden = [
  '辍学生', '流失生', '失踪', '差生', '后进生', '双差', '问题学生', '学渣', '贫困户', '厌学', '拒不配合', '素质低',
  '上传', '同步', '缓存', '队列', '网络异常', '提交', '服务器', '非法', '校验错误', '退回整改', '不合格', '逾期',
  '督办', '红牌', '审批', '签批', '举报', '责令', '承诺书', '保证书', '罚款', '起诉', '追究', '普法', '强制报告',
  '暂无数据', '确定', 'OK', 'undefined', 'NaN', '{', '}',
];

/** Which of them the page says. */
export async function forbiddenWords(page: Page): Promise<string[]> {
  const words = await page.locator('body').innerText();
  return forbidden.filter((word) => words.includes(word)).map((word) => `says ${word}`);
}
