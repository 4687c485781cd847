package io.unicorn.meters;

import java.util.List;

/**
 * The meters of the pool at one moment.
 *
 * @param batch the series that are added up, and those of each worker
 * @param missing the slots of the workers that have not answered in time. What they have
 * counted is in the sums, as they told last; their own series are left out
 */
public record CollectedMeters(MeterBatch batch, List<Integer> missing) {

	public CollectedMeters {
		missing = List.copyOf(missing);
	}

}
