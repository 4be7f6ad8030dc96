// labels.ts - how a service calls its fields
import type { PlanField } from "./model";

/** "/address/street" of any item as the words of the service name it: "address.street". */
export function wordKey(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .filter((p) => p !== "*" && !/^\d+$/.test(p))
    .join(".");
}

export function labelOf(field: PlanField, pointer: string, words: Record<string, string>): string {
  return words[field.label ?? `field.${wordKey(pointer)}`] ?? wordKey(pointer);
}
