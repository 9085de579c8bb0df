package dev.dualprocess.run;

import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.image.ImageGrid;
import dev.dualprocess.image.PictureStatistics;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was learnt, shown on seeds that training never saw: each without and with it.
 *
 * @param prompt the generator's text
 * @param trained whether the adapter was trained on this very text
 * @param before without the adapter
 * @param after with it, seed by seed
 */
public record Comparison(String prompt, boolean trained, List<Rated> before, List<Rated> after) {
  private static final int SHOWN = 8;

  /** Checks that the seeds are the same. */
  public Comparison {
    before = List.copyOf(before);
    after = List.copyOf(after);
    if (!seeds(before).equals(seeds(after))) {
      throw new IllegalArgumentException("before and after are of different seeds");
    }
  }

  /** Of the seeds that both have: an evaluation that was ended early has fewer. */
  public static Comparison ofBoth(
      String prompt, boolean trained, List<Rated> before, List<Rated> after) {
    int both = Math.min(before.size(), after.size());
    return new Comparison(prompt, trained, before.subList(0, both), after.subList(0, both));
  }

  private static List<Long> seeds(List<Rated> rated) {
    return rated.stream().map(Rated::seed).toList();
  }

  /** The prompt as part of file names. */
  public String slug() {
    return Slug.of(prompt);
  }

  /** Mean probability of the wanted answers. */
  public static double probability(List<Rated> rated) {
    return rated.stream().mapToDouble(Rated::probability).average().orElseThrow();
  }

  /** The mean loss over those seeds and their checks. */
  public static double loss(List<Rated> rated) {
    return rated.stream().mapToDouble(Rated::loss).average().orElseThrow();
  }

  /**
   * How much of the variety over seeds is left: the mean over pixels and channels of the standard
   * deviation over seeds, after / before. 1 where a single seed says nothing.
   */
  public double diversityKept() {
    double spread = spread(before);
    return spread == 0 ? 1 : spread(after) / spread;
  }

  private static double spread(List<Rated> rated) {
    BufferedImage first = rated.get(0).image();
    int n = rated.size();
    double sum = 0;
    for (int y = 0; y < first.getHeight(); y++) {
      for (int x = 0; x < first.getWidth(); x++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          double mean = 0;
          double squares = 0;
          for (Rated r : rated) {
            int value = (r.image().getRGB(x, y) >> shift) & 0xff;
            mean += (double) value / n;
            squares += (double) value * value / n;
          }
          sum += Math.sqrt(Math.max(0, squares - mean * mean));
        }
      }
    }
    return sum / (3.0 * first.getWidth() * first.getHeight());
  }

  /** This comparison for {@code results.json}. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("prompt", prompt);
    map.put("trained", trained);
    map.put("unseenSeeds", before.size());
    map.put("before", summary(before));
    map.put("after", summary(after));
    map.put("diversityKept", diversityKept());
    return map;
  }

  private static Map<String, Object> summary(List<Rated> rated) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("probability", probability(rated));
    map.put("loss", loss(rated));
    map.put("pictures", PictureStatistics.meanOf(rated.stream().map(Rated::image).toList()));
    return map;
  }

  /**
   * The first seeds side by side: without, with, and both as the verifier is shown them, unless
   * that is the same.
   */
  public BufferedImage picture() {
    boolean bare = before.stream().allMatch(r -> samePixels(r.image(), r.shown()));
    ImageGrid grid =
        new ImageGrid(
            bare
                ? List.of("without LoRA", "with LoRA")
                : List.of("without LoRA", "with LoRA", "without, as shown", "with, as shown"));
    for (int i = 0; i < Math.min(SHOWN, before.size()); i++) {
      Rated left = before.get(i);
      Rated right = after.get(i);
      List<BufferedImage> pictures = new ArrayList<>(List.of(left.image(), right.image()));
      List<String> captions = new ArrayList<>(List.of(caption(left), caption(right)));
      if (!bare) {
        pictures.addAll(List.of(left.shown(), right.shown()));
        captions.addAll(List.of("seed " + left.seed(), "seed " + right.seed()));
      }
      grid.row(pictures, captions);
    }
    return grid.draw();
  }

  private static boolean samePixels(BufferedImage one, BufferedImage other) {
    int width = one.getWidth();
    int height = one.getHeight();
    return other.getWidth() == width
        && other.getHeight() == height
        && Arrays.equals(
            one.getRGB(0, 0, width, height, null, 0, width),
            other.getRGB(0, 0, width, height, null, 0, width));
  }

  private static String caption(Rated rated) {
    return String.format(Locale.ROOT, "p = %.2f", rated.probability());
  }

  /**
   * Every image of both, with a name for its file and the parameters that go inside.
   *
   * @param sampling how they were drawn
   */
  public List<NamedImage> images(Map<String, Object> sampling) {
    List<NamedImage> images = new ArrayList<>();
    before.forEach(rated -> images.add(named(rated, "before", sampling)));
    after.forEach(rated -> images.add(named(rated, "after", sampling)));
    return images;
  }

  private NamedImage named(Rated rated, String when, Map<String, Object> sampling) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("prompt", prompt);
    parameters.put("seed", rated.seed());
    parameters.putAll(sampling);
    parameters.put("loras", when.equals("after") ? List.of("lora.safetensors:1.0") : List.of());
    parameters.put("probability", rated.probability());
    return new NamedImage(
        "%s-seed-%d-%s".formatted(slug(), rated.seed(), when), rated.image(), parameters);
  }

  /**
   * An image for the folder {@code images/}.
   *
   * @param name of its file, without an ending
   * @param image as people see it
   * @param parameters how it was drawn, for the file's metadata
   */
  public record NamedImage(String name, BufferedImage image, Map<String, Object> parameters) {}
}
