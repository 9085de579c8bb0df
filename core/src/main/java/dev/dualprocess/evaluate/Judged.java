package dev.dualprocess.evaluate;

import java.util.List;

/** A record of a benchmark that was carried to its end; a file of a run. */
public interface Judged {
  /** Which record, from 0. */
  int index();

  /** What was drawn of it and found, row by row of the table. */
  List<?> rows();
}
