package dev.dualprocess.vqa;

/**
 * How the tokens of an image stand in a prompt. Has equality by value: a prompt is prepared once
 * for all images of one layout.
 */
public interface ImageLayout {
  /** How many tokens of the prompt the image takes. */
  int tokens();

  /** In how many runs of equal length they stand, with text between one and the next. */
  default int runs() {
    return 1;
  }

  /** What stands in the prompt for the image, given how one of its tokens is written. */
  default String text(String imageToken) {
    return imageToken.repeat(tokens());
  }

  /** Where the tokens of a prompt stand in which the image's begin at index {@code start}. */
  default Positions positions(int start) {
    return Positions.IN_LINE;
  }
}
