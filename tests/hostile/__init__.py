"""Stores, folders and files of somebody who means harm, and what becomes of them."""
