package io.unicorn.meters;

import java.util.List;
import java.util.Map;

/**
 * Series, and the families that they belong to.
 *
 * @param families by name; a family of the series may be missing
 * @param series each key at most once
 */
public record MeterBatch(Map<String, Family> families, List<Series> series) {

	public MeterBatch {
		families = Map.copyOf(families);
		series = List.copyOf(series);
	}

}
