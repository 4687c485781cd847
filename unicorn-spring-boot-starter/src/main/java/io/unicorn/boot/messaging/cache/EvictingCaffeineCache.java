package io.unicorn.boot.messaging.cache;

import com.github.benmanes.caffeine.cache.AsyncCache;

import org.springframework.cache.caffeine.CaffeineCache;

/**
 * A cache with the same entries as another one, which tells what is evicted.
 */
final class EvictingCaffeineCache extends CaffeineCache {

	private final Evictions evictions;

	private EvictingCaffeineCache(CaffeineCache cache, Evictions evictions) {
		super(cache.getName(), cache.getNativeCache(), cache.isAllowNullValues());
		this.evictions = evictions;
	}

	private EvictingCaffeineCache(String name, AsyncCache<Object, Object> entries, boolean nullValues,
			Evictions evictions) {
		super(name, entries, nullValues);
		this.evictions = evictions;
	}

	static EvictingCaffeineCache of(CaffeineCache cache, Evictions evictions) {
		try {
			return new EvictingCaffeineCache(cache.getName(), cache.getAsyncCache(), cache.isAllowNullValues(),
					evictions);
		}
		catch (IllegalStateException ex) {
			// It is not asynchronous.
			return new EvictingCaffeineCache(cache, evictions);
		}
	}

	@Override
	public void evict(Object key) {
		super.evict(key);
		this.evictions.evicted(key);
	}

	@Override
	public boolean evictIfPresent(Object key) {
		boolean present = super.evictIfPresent(key);
		this.evictions.evicted(key);
		return present;
	}

	@Override
	public void clear() {
		super.clear();
		this.evictions.cleared();
	}

	@Override
	public boolean invalidate() {
		boolean present = super.invalidate();
		this.evictions.cleared();
		return present;
	}

}
