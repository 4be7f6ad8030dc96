// saxen.d.ts - what of the XML parser is used
declare module "saxen" {
  export class Parser {
    on(name: "openTag", f: (element: string, attributes: () => Record<string, string>, decode: (s: string) => string) => void): this;
    on(name: "closeTag", f: (element: string) => void): this;
    on(name: "text", f: (value: string, decode: (s: string) => string) => void): this;
    on(name: "cdata", f: (value: string) => void): this;
    on(name: "error", f: (error: Error) => void): this;
    parse(xml: string): this;
  }
}
