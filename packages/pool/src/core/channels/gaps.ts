/**
 * Numbers that are missing between two messages of a channel: told once, asked for again, and given up at a limit. Room: pool core.
 *
 * What came too early is not kept: it comes again, after what is missing. So nothing grows, whatever a server leaves out.
 */
import type { Channel } from "./channel.js";
import type { Gap } from "./trail.js";

/** What happens when positions are missing: nothing, somebody is told, or the server is asked to go on after the last one before them. */
export type GapPolicy = "ignore" | "tell" | "resume";

/** Since the beginning. */
export interface GapCounts {
  /** Times that positions were missing. */
  readonly gaps: number;
  /** Messages that were left out because others before them are missing. */
  readonly ahead: number;
}

export interface GapSettings {
  readonly policy: GapPolicy;
  /** Requests because of one gap. */
  readonly maxResumes: number;
}

export class Gaps<Message> {
  readonly counts: { gaps: number; ahead: number } = { gaps: 0, ahead: 0 };
  readonly #settings: GapSettings;
  readonly #resume: (channel: Channel<Message>) => void;

  /** @param resume has the server go on after the channel's last position. */
  constructor(settings: GapSettings, resume: (channel: Channel<Message>) => void) {
    this.#settings = settings;
    this.#resume = resume;
  }

  /** A message came before the one that is expected. @returns whether it is delivered all the same. */
  meet(channel: Channel<Message>, name: string, received: number): boolean {
    const { policy, maxResumes } = this.#settings;
    const trail = channel.trailOf(name);
    const known = trail.gap;
    const gap = known ?? trail.openGap();
    const isLost = policy === "tell" || gap.isHopeless || (channel.isLive && gap.resumes >= maxResumes);
    if (isLost) channel.skip(name, received);
    else {
      this.counts.ahead++;
      if (channel.isLive) { // otherwise it is being asked for already
        gap.resumes++;
        this.#resume(channel);
      }
    }
    if (known === undefined) this.#tell(channel, { channel: name, expected: gap.expected, received });
    else if (isLost) for (const member of channel.members) member.missed();
    return isLost;
  }

  #tell(channel: Channel<Message>, gap: Gap): void {
    this.counts.gaps++;
    for (const member of channel.members) member.gap(gap);
  }
}
