package dev.dualprocess.evaluate;

/** A row of the paper's table 1: what is drawn, and with what. */
public enum Row {
  /** The short prompt. */
  BASE("base", false, false),
  /** The prompt rewritten at length by a language model. */
  EXPANDED("expanded", true, false),
  /** The short prompt, with a LoRA that was distilled for it. */
  LORA("ours", false, true),
  /** The expanded prompt, with a LoRA that was distilled for it. */
  EXPANDED_LORA("ours, expanded", true, true);

  private final String title;
  private final boolean expanded;
  private final boolean learnt;

  Row(String title, boolean expanded, boolean learnt) {
    this.title = title;
    this.expanded = expanded;
    this.learnt = learnt;
  }

  /** What people read in the table. */
  public String title() {
    return title;
  }

  /** Whether the prompt is rewritten. */
  public boolean expanded() {
    return expanded;
  }

  /** Whether a LoRA is distilled. */
  public boolean learnt() {
    return learnt;
  }
}
