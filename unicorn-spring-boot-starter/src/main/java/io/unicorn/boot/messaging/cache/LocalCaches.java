package io.unicorn.boot.messaging.cache;

import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.caffeine.CaffeineCache;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.jcache.JCacheCache;
import org.springframework.cache.transaction.TransactionAwareCacheDecorator;

/**
 * Knows the caches that are in the memory of one process. They are replaced by caches of
 * the same type with the same entries, because applications and the meters of caches look
 * at the type.
 */
final class LocalCaches {

	private static final Set<String> MANAGERS = Set.of("org.springframework.cache.concurrent.ConcurrentMapCacheManager",
			"org.springframework.cache.caffeine.CaffeineCacheManager",
			"org.springframework.cache.jcache.JCacheCacheManager",
			"org.springframework.cache.support.SimpleCacheManager",
			"org.springframework.cache.support.CompositeCacheManager",
			"org.springframework.cache.transaction.TransactionAwareCacheManagerProxy");

	private LocalCaches() {
	}

	static boolean isKept(CacheManager manager) {
		for (Class<?> type = manager.getClass(); type != null; type = type.getSuperclass()) {
			if (MANAGERS.contains(type.getName())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return a cache with the same entries that tells what is evicted.
	 * @return the cache itself if its type is none of those known
	 */
	static Cache telling(Cache cache, Evictions evictions) {
		// By name, because the classes of libraries may be missing.
		return switch (cache.getClass().getName()) {
			case "org.springframework.cache.concurrent.ConcurrentMapCache" ->
				new EvictingMapCache((ConcurrentMapCache) cache, evictions);
			case "org.springframework.cache.caffeine.CaffeineCache" -> Caffeine.telling(cache, evictions);
			case "org.springframework.cache.jcache.JCacheCache" -> JCache.telling(cache, evictions);
			case "org.springframework.cache.transaction.TransactionAwareCacheDecorator" ->
				Decorated.telling(cache, evictions);
			default -> cache;
		};
	}

	/** Whether a cache was made for another one by {@link #telling}. */
	static boolean isOf(@Nullable Cache telling, Cache cache) {
		return telling != null && telling.getNativeCache() == cache.getNativeCache();
	}

	private static final class Decorated {

		static Cache telling(Cache cache, Evictions evictions) {
			return new TransactionAwareCacheDecorator(
					LocalCaches.telling(((TransactionAwareCacheDecorator) cache).getTargetCache(), evictions));
		}

	}

	private static final class Caffeine {

		static Cache telling(Cache cache, Evictions evictions) {
			return EvictingCaffeineCache.of((CaffeineCache) cache, evictions);
		}

	}

	private static final class JCache {

		static Cache telling(Cache cache, Evictions evictions) {
			return new EvictingJCache((JCacheCache) cache, evictions);
		}

	}

}
