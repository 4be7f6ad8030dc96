// texts.tsx - files of texts as they can be changed in a page: those of a policy, or of a layer over a package
import type { TextFile } from "../base/answers";
import { Field } from "../base/ui";

export function Texts({ files, change }: { files: TextFile[]; change: (files: TextFile[]) => void }) {
  return (
    <>
      {files.map((f, i) => (
        <Field key={f.name} label={f.name} id={`file-${i}`}>
          {(a) => (
            <textarea
              {...a}
              class="mono"
              dir="ltr"
              lang="en"
              rows={8}
              spellcheck={false}
              value={f.text}
              onInput={(e) => {
                const text = e.currentTarget.value;
                change(files.map((g) => (g.name === f.name ? { name: g.name, text } : g)));
              }}
            />
          )}
        </Field>
      ))}
    </>
  );
}
