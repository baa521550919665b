const ADJECTIVES =
  `able amber bold brave bright brisk calm clever cosmic crisp daring deep eager early fair fleet fond frank gentle
  glad golden grand happy hardy honest humble jolly keen kind lively loyal lucky mellow merry mild neat nimble noble
  patient placid polite proud quick quiet rapid rare robust serene sharp shiny silent sleek smooth sober steady stout
  sunny swift tidy upbeat vivid warm wise witty zesty`.split(/\s+/);

const NOUNS =
  `ant badger bear beaver bee bison boar bull calf carp cat chimp cod colt crab crane crow cub deer doe dolphin donkey
  dove duck eel elk falcon fawn finch fish flea fly foal fox frog gnat goat goose grouse gull hare hawk hen heron hog
  horse hound jay kit koi lamb lark lion loon lynx mare midge mink mole moose moth mouse mule newt otter owl panda
  penguin perch pike pony ram rat ray robin roo rook seal shad shark sheep shoat shrew shrike skink skunk sloth slug
  smelt snail snake snipe sow sponge squid squirrel stag steed stoat stork swan tern toad trout turtle vole wasp whale
  wolf worm wren yak zebra`.split(/\s+/);

/** A name for what nobody named, such as `brisk-heron-412`. @param random - uniform in [0, 1) */
export function randomName(random: () => number): string {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)]!;
  return `${pick(ADJECTIVES)}-${pick(NOUNS)}-${Math.floor(random() * 1000)}`;
}
