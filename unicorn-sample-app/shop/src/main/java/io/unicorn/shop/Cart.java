package io.unicorn.shop;

import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a customer is about to buy.
 */
class Cart implements Serializable {

	@Serial
	private static final long serialVersionUID = 1;

	private final ArrayList<String> products = new ArrayList<>();

	void add(String product) {
		this.products.add(product);
	}

	List<String> products() {
		return List.copyOf(this.products);
	}

}
