package io.unicorn.boot.once;

import java.util.Collection;

import org.jspecify.annotations.Nullable;

/**
 * Finds the classes of optional libraries by their names.
 */
final class TypeNames {

	private TypeNames() {
	}

	/**
	 * Return the one of these names that a class, one of its superclasses or one of its
	 * interfaces has, or {@code null} if there is none.
	 */
	static @Nullable String find(Class<?> type, Collection<String> names) {
		for (Class<?> current = type; current != null; current = current.getSuperclass()) {
			if (names.contains(current.getName())) {
				return current.getName();
			}
			for (Class<?> implemented : current.getInterfaces()) {
				String found = find(implemented, names);
				if (found != null) {
					return found;
				}
			}
		}
		return null;
	}

}
