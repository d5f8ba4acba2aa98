/** Spells texts of other scripts with ASCII letters, for names that models accept. */

const CYRILLIC =
  "а=a б=b в=v г=g ґ=g д=d е=e ё=e є=ye ж=zh з=z и=i і=i ї=yi й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya";
const GREEK =
  "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o";
const LATIN = "ß=ss æ=ae œ=oe ø=o å=a ł=l đ=d ð=d þ=th ı=i ŋ=ng";

const SPELLINGS: ReadonlyMap<string, string> = new Map(
  `${CYRILLIC} ${GREEK} ${LATIN}`.split(" ").map((pair) => {
    const [letter = "", spelling = ""] = pair.split("=");
    return [letter, spelling];
  }),
);

/** Replaces letters of Latin, Cyrillic and Greek. Letters of other scripts stay. */
export function transliterate(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  const letters = [...text.normalize("NFC")].map((letter) => {
    const lower = letter.toLowerCase();
    const base = SPELLINGS.has(lower) ? lower : lower.normalize("NFKD").replace(/\p{M}/gu, "");
    const spelling = SPELLINGS.get(base) ?? base;
    return lower === letter ? spelling : spelling.charAt(0).toUpperCase() + spelling.slice(1);
  });
  return letters.join("");
}
