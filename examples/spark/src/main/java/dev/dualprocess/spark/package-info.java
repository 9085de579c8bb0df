/** Jobs of {@code bulk} on Spark: a task each, runs on any Hadoop path, results as rows. */
package dev.dualprocess.spark;
