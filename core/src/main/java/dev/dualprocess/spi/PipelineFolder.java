package dev.dualprocess.spi;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.OneLine;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.weights.Layout;
import dev.dualprocess.weights.WeightSource;
import dev.dualprocess.weights.WeightSource.Renaming;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Function;

/**
 * A pipeline's folder in the layout of diffusers: one folder for each part, with its config and its
 * weights. Every method throws {@link IOException} in one line, if files are missing, broken or do
 * not fit each other.
 *
 * @param path with model_index.json
 */
public record PipelineFolder(Path path) {
  /** Builds a pipeline of parts whose weights {@code owner} owns. */
  @FunctionalInterface
  public interface Builder<P> {
    /** The pipeline, which closes {@code owner} with itself. */
    P build(TensorOwner owner) throws IOException;
  }

  /** What people call the model. */
  public String name() {
    return ModelName.of(path);
  }

  /** Whether model_index.json says that this is such a pipeline; never throws. */
  public boolean is(String className) {
    return ConfigFile.says(path.resolve("model_index.json"), "_class_name", className);
  }

  /** Whether model_index.json says that this is one of such pipelines; never throws. */
  public boolean isAnyOf(Set<String> classNames) {
    return classNames.stream().anyMatch(this::is);
  }

  /** The config of a part. */
  public <T extends Record> T config(String part, Class<T> type) throws IOException {
    return ConfigFile.read(path.resolve(part).resolve("config.json")).as(type);
  }

  /**
   * The scheduler's file, if it is of the one kind that {@code family} can use.
   *
   * @param className of that kind; a file that says nothing is taken for one
   * @param family of models, for the message
   */
  public <T extends Record> T scheduler(String className, String family, Class<T> type)
      throws IOException {
    ConfigFile file = ConfigFile.read(path.resolve("scheduler/scheduler_config.json"));
    String found = file.text("_class_name");
    if (!found.isEmpty() && !found.equals(className)) {
      throw new IOException(
          "%s: the scheduler is a %s; %s needs a %s"
              .formatted(file.path(), OneLine.of(found), family, className));
    }
    return file.as(type);
  }

  /** That a field of the transformer's config has the value that another part makes it have. */
  public void requireEqual(String field, int here, String part, int there) throws IOException {
    if (here != there) {
      throw new IOException(
          "%s: %s of the transformer is %d, but the %s beside it makes %d"
              .formatted(path, field, here, part, there));
    }
  }

  /** Builds a pipeline; if that fails, nothing stays behind. */
  public <P> P build(Builder<P> builder) throws IOException {
    TensorOwner owner = new TensorOwner();
    try {
      return builder.build(owner);
    } catch (IOException | RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  /** One part's model, whose weights {@code owner} owns. */
  public <M> M part(
      String part,
      WeightSource source,
      Placement placement,
      TensorOwner owner,
      Function<Weights, M> model)
      throws IOException {
    return part(part, source, placement, owner, Renaming.NONE, model);
  }

  /** One part's model, whose weights come in one of several layouts. */
  public <M> M part(
      String part,
      WeightSource source,
      Placement placement,
      TensorOwner owner,
      Layout layout,
      Function<Weights, M> model)
      throws IOException {
    return source.build(path.resolve(part), placement, owner, layout, model);
  }
}
