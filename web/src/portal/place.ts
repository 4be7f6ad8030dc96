// place.ts - the country in which somebody is: said once, remembered on this device
const KEY = "sifara.country";

export function place(): string {
  return localStorage.getItem(KEY) ?? "";
}

export function setPlace(code: string): void {
  if (code) localStorage.setItem(KEY, code);
  else localStorage.removeItem(KEY);
}
