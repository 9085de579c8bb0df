package dev.dualprocess.evaluate;

import java.util.List;

/**
 * A text with its images and their scores; one file of a run.
 *
 * @param index of the text, from 0
 * @param text what was drawn, and what it is scored by
 * @param rows without LoRAs, then with them where there are any
 */
public record ScoredText(int index, TextToShow text, List<ScoredRow> rows) implements Judged {
  /** What is drawn without LoRAs. */
  public static final String BASE = "base";

  /** What is drawn with them. */
  public static final String LORA = "lora";

  /** Copies the list. */
  public ScoredText {
    rows = List.copyOf(rows);
  }

  /**
   * The images of one row of the table.
   *
   * @param row {@value #BASE} or {@value #LORA}
   * @param images one for each seed
   */
  public record ScoredRow(String row, List<ScoredImage> images) {
    /** Copies the list. */
    public ScoredRow {
      images = List.copyOf(images);
    }
  }

  /**
   * An image and its score.
   *
   * @param seed of its noise
   * @param file within the run's folder
   * @param vqaScore {@link VqaScore}, 0 to 1
   */
  public record ScoredImage(long seed, String file, double vqaScore) {}

  /** Whether all is there that a file must have. */
  boolean isWhole() {
    return text != null
        && text.category() != null
        && !rows.isEmpty()
        && rows.stream()
            .allMatch(
                row ->
                    row.row() != null
                        && !row.images().isEmpty()
                        && row.images().stream().allMatch(image -> image.file() != null));
  }
}
