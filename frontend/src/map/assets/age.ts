/** How old news is, in words. */
import { age } from "../../shared/format";
import { text } from "../../shared/texts";

/** "vừa xong", "2 phút trước". */
export function ageText(when: Date, now: Date): string {
  const [count, unit] = age(when, now);
  if (unit === "second" && count < 10) return text("just_now");
  return text(`${unit}s_ago`, { count });
}
