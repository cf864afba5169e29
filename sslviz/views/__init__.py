"""What a viewer sees and touches: everything here draws with Streamlit and nothing here trains."""
