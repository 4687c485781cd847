package io.unicorn.meters;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells which series have changed since the master was told last. Not thread-safe.
 */
public final class MeterDelta {

	/** The most series that are told of. */
	static final int MOST = 10_000;

	private final Map<Series.Key, Series> told = new HashMap<>();

	private final Set<String> families = new HashSet<>();

	private boolean overflown;

	/**
	 * Return what the master has to be told, and take it for told.
	 * @param now the present state
	 * @param complete whether that has all series; then those of the worker alone that
	 * are missing are gone. One that is added up is never gone: what it has counted stays
	 * @return the changed series, and the families that the master does not know yet
	 */
	public MeterBatch changes(MeterBatch now, boolean complete) {
		List<Series> changed = new ArrayList<>();
		Map<String, Family> unknown = new HashMap<>();
		for (Series series : now.series()) {
			Series before = this.told.get(series.key());
			if (before == null && this.told.size() >= MOST) {
				this.overflown = true;
			}
			else if (before == null || !series.equals(before)) {
				this.told.put(series.key(), series);
				changed.add(series);
				Family family = now.families().get(series.key().family());
				if (family != null && this.families.add(family.name())) {
					unknown.put(family.name(), family);
				}
			}
		}
		if (complete) {
			addGone(now, changed);
		}
		return new MeterBatch(unknown, changed);
	}

	private void addGone(MeterBatch now, List<Series> changed) {
		Set<Series.Key> present = new HashSet<>();
		now.series().forEach((series) -> present.add(series.key()));
		this.told.keySet().removeIf((key) -> {
			boolean gone = key.slot() != Series.POOL && !present.contains(key);
			if (gone) {
				changed.add(Series.gone(key));
			}
			return gone;
		});
	}

	/** Return whether there were more series than can be told of, once. */
	public boolean takeOverflow() {
		boolean is = this.overflown;
		this.overflown = false;
		return is;
	}

}
