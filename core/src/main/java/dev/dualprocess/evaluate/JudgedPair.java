package dev.dualprocess.evaluate;

import dev.dualprocess.language.LanguageTasks.Verdict;
import dev.dualprocess.language.Usage;
import java.util.List;
import java.util.stream.Stream;

/**
 * A record with all its images and what the judge said to them; one file of a run.
 *
 * @param index of the record, from 0
 * @param pair the record
 * @param rows what was drawn
 * @param asked what the language models were asked for it
 */
public record JudgedPair(int index, PromptPair pair, List<JudgedRow> rows, Usage.Tally asked)
    implements Judged {
  /** Copies the list. */
  public JudgedPair {
    rows = List.copyOf(rows);
  }

  /** Whether all is there that a file must have. */
  boolean isWhole() {
    return pair != null
        && pair.category() != null
        && asked != null
        && rows.stream().allMatch(row -> row.row() != null && isWhole(row.sides()));
  }

  /** Both prompts' images, equally many, with a verdict to either description. */
  private static boolean isWhole(List<Side> sides) {
    return sides.size() == 2
        && !sides.get(0).images().isEmpty()
        && sides.get(0).images().size() == sides.get(1).images().size()
        && sides.stream()
            .flatMap(side -> side.images().stream())
            .allMatch(image -> image.file() != null && image.verdicts().size() == 2);
  }

  /**
   * What was drawn of a record for one row of the table.
   *
   * @param row which
   * @param sides prompt1's, then prompt2's
   */
  public record JudgedRow(Row row, List<Side> sides) {
    /** Copies the list. */
    public JudgedRow {
      sides = List.copyOf(sides);
    }

    /** The share of pairs of images whose first supports its description and whose second its. */
    public double pairwise() {
      int pairs = sides.get(0).images().size();
      int both = 0;
      for (int i = 0; i < pairs; i++) {
        both += sides.get(0).supported(i, 0) && sides.get(1).supported(i, 1) ? 1 : 0;
      }
      return (double) both / pairs;
    }

    /** The share of images that support their own description. */
    public double perImage() {
      int images = 0;
      int supporting = 0;
      for (int side = 0; side < sides.size(); side++) {
        for (int i = 0; i < sides.get(side).images().size(); i++) {
          images++;
          supporting += sides.get(side).supported(i, side) ? 1 : 0;
        }
      }
      return (double) supporting / images;
    }

    /** How many answers there are. */
    public int answers() {
      return (int) verdicts().count();
    }

    /** How many answers could not be read. */
    public int unparsable() {
      return (int) verdicts().filter(verdict -> verdict == Verdict.UNPARSABLE).count();
    }

    private Stream<Verdict> verdicts() {
      return sides.stream()
          .flatMap(side -> side.images().stream())
          .flatMap(image -> image.verdicts().stream());
    }
  }

  /**
   * The images of one of the record's two prompts.
   *
   * @param text what was drawn
   * @param questions that the LoRA was distilled from, if there is one
   * @param images one for each seed
   */
  public record Side(String text, List<String> questions, List<JudgedImage> images) {
    /** Copies the lists. */
    public Side {
      questions = List.copyOf(questions);
      images = List.copyOf(images);
    }

    /** Whether image {@code i} fits the description of its side and not that of the other. */
    boolean supported(int i, int side) {
      List<Verdict> verdicts = images.get(i).verdicts();
      return verdicts.get(side) == Verdict.FITS && verdicts.get(1 - side) == Verdict.DOES_NOT_FIT;
    }
  }

  /**
   * An image with what the judge said of it to both descriptions.
   *
   * @param seed of its noise
   * @param file within the run's folder
   * @param verdicts whether it fits description1, and whether it fits description2
   */
  public record JudgedImage(long seed, String file, List<Verdict> verdicts) {
    /** Copies the list. */
    public JudgedImage {
      verdicts = List.copyOf(verdicts);
    }
  }
}
