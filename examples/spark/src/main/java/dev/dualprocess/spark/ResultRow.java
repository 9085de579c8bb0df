package dev.dualprocess.spark;

import dev.dualprocess.cli.bulk.JobResult;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A job's result as a row: the columns of bulk's {@code results.csv}, and the run's folder. */
public final class ResultRow {
  private static final String FOLDER = "folder";

  /** The columns; what a job that failed does not have is null. */
  public static final StructType SCHEMA =
      new StructType()
          .add("name", DataTypes.StringType)
          .add("state", DataTypes.StringType)
          .add("tags", DataTypes.StringType)
          .add("prompt", DataTypes.StringType)
          .add("questions", DataTypes.StringType)
          .add("seed", DataTypes.StringType)
          .add("before", DataTypes.DoubleType)
          .add("after", DataTypes.DoubleType)
          .add("steps", DataTypes.StringType)
          .add("secondsDistilling", DataTypes.DoubleType)
          .add("seconds", DataTypes.DoubleType)
          .add("device", DataTypes.StringType)
          .add("tries", DataTypes.IntegerType)
          .add("reason", DataTypes.StringType)
          .add(FOLDER, DataTypes.StringType);

  private ResultRow() {}

  /** The row of a result whose folder is in {@code out}. */
  static Row of(JobResult result, String out) {
    Map<String, Object> values = result.toMap();
    values.put(FOLDER, new Path(out, result.job().name()).toString());
    return RowFactory.create(Stream.of(SCHEMA.fieldNames()).map(values::get).toArray());
  }
}
