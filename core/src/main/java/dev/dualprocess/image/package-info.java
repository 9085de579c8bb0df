/** Images as people see them: conversion, resampling, PNG with metadata, grids, charts. */
package dev.dualprocess.image;
